// Folding: running instances, the fold natively and in-circuit, CycleFold, and the step of incrementally
// verifiable computation with its phase machine.
// May import: Algebra, Transcript, Commitment, ConstraintSystem, Arguments, Circuits.
