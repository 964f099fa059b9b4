package import Algebra
package import Commitment

/// The proof of a batch of relations over one curve.
package struct BatchProof<C: Curve>: Sendable, Equatable {
  /// The end values of one relation's rows, masked.
  package struct RowValues: Sendable, Equatable {
    /// The extension of A z and its mask.
    package var left: C.ScalarField
    /// The extension of B z and its mask.
    package var right: C.ScalarField

    /// End values.
    package init(left: C.ScalarField, right: C.ScalarField) {
      self.left = left
      self.right = right
    }
  }

  /// The commitments to the chunks of the mask.
  package var maskCommitments: [AffinePoint<C>]
  /// The sum of the mask polynomial over all rows.
  package var maskSum: C.ScalarField
  /// The messages of the sumcheck over the rows, degree 3.
  package var outerRounds: [RoundPolynomial<C.ScalarField>]
  /// The end values of every relation.
  package var rowValues: [RowValues]
  /// The value of a random combination of all chunks, the mask's included, at random points.
  package var probe: C.ScalarField
  /// The messages of the sumcheck over the entries of a chunk, degree 2.
  package var innerRounds: [RoundPolynomial<C.ScalarField>]
  /// The opening of the combination of all chunks that the inner sumcheck ends with.
  package var opening: InnerProductProof<C>
}

extension BatchProof {
  /// Bytes of a proof for a batch.
  package static func byteCount(for batch: RelationBatch<C.ScalarField>) -> Int {
    byteCount(batch.mask)
  }

  /// Bytes of a proof of relations whose sizes are those of a mask's layout.
  static func byteCount(_ layout: MaskLayout) -> Int {
    let elements =
      RowSummand<C.ScalarField>.degree * layout.rowLog + 2 * layout.relationCount
      + InnerProductSummand<C.ScalarField>.degree * layout.chunkLog + 2
    return 32 * (layout.chunkCount + elements) + InnerProductProof<C>.byteCount(variables: layout.chunkLog)
  }

  /// Canonical field elements and compressed points in the order of the stored properties.
  var encoded: [UInt8] {
    var elements = [maskSum] + outerRounds.flatMap(\.coefficients)
    for values in rowValues { elements += [values.left, values.right] }
    elements += [probe] + innerRounds.flatMap(\.coefficients)
    return maskCommitments.flatMap(\.compressed) + elements.flatMap(\.bytes) + opening.encoded
  }

  /// Reads a proof for a batch.
  init(reading reader: inout ProofReader, batch: RelationBatch<C.ScalarField>) throws(DeciderError) {
    maskCommitments = try reader.points(batch.mask.chunkCount)
    maskSum = try reader.elements(1)[0]
    outerRounds = try reader.rounds(batch.rowLog, degree: RowSummand<C.ScalarField>.degree)
    rowValues = []
    for _ in batch.relations {
      let values: [C.ScalarField] = try reader.elements(2)
      rowValues.append(RowValues(left: values[0], right: values[1]))
    }
    probe = try reader.elements(1)[0]
    innerRounds = try reader.rounds(batch.chunkLog, degree: InnerProductSummand<C.ScalarField>.degree)
    opening = try reader.opening(variables: batch.chunkLog)
  }
}
