// Algebra: prime fields, the curves over them, multi-scalar multiplication, multilinear polynomials, and the
// Swift face of GMP. One module, so that hot generics specialise where they are used.
// May import: CGMP, CFieldKernels.
//
// Package access alone does not let another module specialise a generic (a product then costs twice as much): types
// and protocols that hot generic code of other modules touches are @usableFromInline, their functions @inlinable.
