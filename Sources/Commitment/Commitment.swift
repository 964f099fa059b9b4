// Commitment: Pedersen commitments to vectors in chunks, and the inner-product argument that opens them.
// Generic over the curve.
// May import: Algebra, Transcript.
