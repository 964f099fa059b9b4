// Support: what the tests of several targets share: a seeded generator and suites of algebraic laws.
// May import: Algebra, Testing.
