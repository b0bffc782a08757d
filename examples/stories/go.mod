module example.com/stories

go 1.19
