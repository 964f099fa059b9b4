// Algebra: prime fields, the curves over them, multi-scalar multiplication, multilinear polynomials, and the
// Swift face of GMP. One module, so that hot generics specialise where they are used.
// May import: CGMP, CFieldKernels.
