module example.com/some.thing/dotted

go 1.19
