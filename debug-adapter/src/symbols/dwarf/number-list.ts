// A growing list of numbers that takes eight bytes each. Must stay true: what was added stays at its place.

export class List {
  count = 0;
  private numbers = new Float64Array(256);

  at(index: number): number { return this.numbers[index]!; }

  add(value: number): void {
    if (this.count === this.numbers.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.count++] = value;
  }
}
