// Arguments: the step argument: sumcheck, LogUp by GKR, tensor products, claim reduction.
// Each has a prover over machine integers and field vectors, and one verifier for native and circuit arithmetic.
// May import: Algebra, Transcript, ConstraintSystem.
