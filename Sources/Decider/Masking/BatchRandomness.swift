package import Algebra
package import Commitment

/// Everything random in one proof of a batch; to be used once.
package struct BatchRandomness<C: Curve>: Sendable {
  /// The mask.
  package let mask: BatchMask<C.ScalarField>
  /// The opening's randomness.
  package let opening: InnerProductArgument<C>.Randomness

  /// Fresh randomness for a proof of `batch`.
  package init(for batch: RelationBatch<C.ScalarField>, using generator: inout some RandomNumberGenerator) {
    mask = BatchMask(layout: batch.mask, using: &generator)
    opening = InnerProductArgument<C>.Randomness(variables: batch.chunkLog, using: &generator)
  }
}
