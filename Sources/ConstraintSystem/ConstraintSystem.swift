// ConstraintSystem: R1CS shapes, the arithmetic that builds them or fills their witness, and the gadgets.
// One circuit text serves three worlds: native check, shape, witness.
// May import: Algebra, Transcript.
