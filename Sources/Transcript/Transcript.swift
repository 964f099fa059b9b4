// Transcript: the two Fiat-Shamir hashes: a Poseidon2 sponge over the scalar field, which circuits compute too,
// and a SHA3-256 transcript, which no circuit computes.
// May import: Algebra, Crypto.
