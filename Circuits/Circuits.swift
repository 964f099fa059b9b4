// Circuits: the statements: what each step of a LLaMA must satisfy, one file per part of the model.
// Declared as tensors, lookups, products and linear relations; the Arguments prove them.
// May import: Algebra, Transcript, ConstraintSystem, Arguments, Model.
