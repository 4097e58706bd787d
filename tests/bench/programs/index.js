// The program of every subject of the benchmark: BENCH_SUBJECT x BENCH_SIZE people, of whom each tenth is declared
// deactivated when BENCH_UPDATED is set.
const size = Number(process.env.BENCH_SIZE);
const isUpdated = process.env.BENCH_UPDATED === "1";
const people = Array.from({ length: size }, (_, index) => ({
  email: `person${index}@example.com`,
  enabled: !(isUpdated && index % 10 === 0),
}));

require(`./${process.env.BENCH_SUBJECT}`).declare(people);
