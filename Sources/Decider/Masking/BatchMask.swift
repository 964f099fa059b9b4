package import Algebra
package import Commitment

/// The random entries that hide one proof of a batch, at the places of a `MaskLayout`; to be used once.
package struct BatchMask<F: PrimeField>: Sendable {
  /// Where they stand.
  package let layout: MaskLayout
  /// The coefficients.
  package let coefficients: [F]
  /// The entries of the last two chunks at the layout's places.
  package let spread: [[F]]
  /// One blinder for each chunk, none zero.
  package let blinders: [F]

  /// Fresh uniform entries.
  package init(layout: MaskLayout, using generator: inout some RandomNumberGenerator) {
    self.layout = layout
    coefficients = (0..<layout.coefficientCount).map { _ in .random(using: &generator) }
    spread = (0..<2).map { _ in layout.places.map { _ in .random(using: &generator) } }
    blinders = (0..<layout.chunkCount).map { _ in .randomNonzero(using: &generator) }
  }

  /// The polynomial that masks the outer sumcheck.
  package var polynomial: MaskPolynomial<F> { MaskPolynomial(coefficients.prefix(layout.polynomialCount)) }

  /// The entries that mask A z and B z of a relation, in its two spare rows.
  package func rowEntries(relation: Int) -> (left: F, right: F) {
    let first = layout.polynomialCount + MaskLayout.spareRows * relation
    return (coefficients[first], coefficients[first + 1])
  }

  /// The chunks, the last two of 2^k entries.
  package var chunks: [FieldVector<F>] {
    let length = 1 << layout.chunkLog
    let parts = stride(from: 0, to: coefficients.count, by: length).map {
      FieldVector(Array(coefficients[$0..<min($0 + length, coefficients.count)]))
    }
    return parts
      + spread.map { entries in
        var chunk = FieldVector(repeating: F.zero, count: length)
        for (place, entry) in zip(layout.places, entries) { chunk[place] = entry }
        return chunk
      }
  }

  /// The commitments to the chunks.
  ///
  /// - Throws: `CommitmentError.infinity`, once in 2^250 runs.
  package func commit<C: Curve>(
    under generators: Generators<C>
  ) throws(CommitmentError) -> [AffinePoint<C>] where C.ScalarField == F {
    var points: [AffinePoint<C>] = []
    for (chunk, blinder) in zip(chunks.dropLast(2), blinders) {
      points.append(try generators.commit(chunk, blinder: blinder))
    }
    for (entries, blinder) in zip(spread, blinders.suffix(2)) {
      points.append(try generators.commit(entries, at: layout.places, blinder: blinder))
    }
    return points
  }
}
