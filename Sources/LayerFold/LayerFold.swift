// LayerFold: what people import: keys, the streaming prover, the proof file, the verifier.
// Everything below stays behind it.
// May import: every target but Command.
