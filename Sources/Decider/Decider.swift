// Decider: compression of the running instances into one Spartan-like proof, and its verifier.
// Uses the byte transcript only.
// May import: Algebra, Transcript, Commitment, ConstraintSystem, Folding.
