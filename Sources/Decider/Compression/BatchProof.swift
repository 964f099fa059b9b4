package import Algebra
package import Commitment

/// The proof of a batch of relations over one curve.
package struct BatchProof<C: Curve>: Sendable, Equatable {
  /// The end values of one relation's rows.
  package struct RowValues: Sendable, Equatable {
    /// The extension of A z.
    package var left: C.ScalarField
    /// The extension of B z.
    package var right: C.ScalarField
    /// The extension of u C z + E.
    package var output: C.ScalarField

    /// End values.
    package init(left: C.ScalarField, right: C.ScalarField, output: C.ScalarField) {
      self.left = left
      self.right = right
      self.output = output
    }
  }

  /// The messages of the sumcheck over the rows, degree 3.
  package var outerRounds: [RoundPolynomial<C.ScalarField>]
  /// The end values of every relation.
  package var rowValues: [RowValues]
  /// The messages of the sumcheck over the entries of a chunk, degree 2.
  package var innerRounds: [RoundPolynomial<C.ScalarField>]
  /// Every relation's chunks at the inner sumcheck's point.
  package var chunkValues: [[C.ScalarField]]
  /// The opening of a random combination of all chunks at that point.
  package var opening: InnerProductProof<C>
}

extension BatchProof {
  /// Bytes of a proof for a batch.
  package static func byteCount(for batch: RelationBatch<C.ScalarField>) -> Int {
    let elements =
      RowSummand<C.ScalarField>.degree * batch.rowLog + 3 * batch.relations.count
      + InnerProductSummand<C.ScalarField>.degree * batch.chunkLog + batch.chunkCount
    return 32 * elements + InnerProductProof<C>.byteCount(variables: batch.chunkLog)
  }

  /// Canonical field elements and compressed points in the order of the stored properties.
  var encoded: [UInt8] {
    var elements = outerRounds.flatMap(\.coefficients)
    for values in rowValues { elements += [values.left, values.right, values.output] }
    elements += innerRounds.flatMap(\.coefficients)
    elements += chunkValues.flatMap { $0 }
    return elements.flatMap(\.bytes) + opening.encoded
  }

  /// Reads a proof for a batch.
  init(reading reader: inout ProofReader, batch: RelationBatch<C.ScalarField>) throws(DeciderError) {
    outerRounds = try reader.rounds(batch.rowLog, degree: RowSummand<C.ScalarField>.degree)
    rowValues = []
    for _ in batch.relations {
      let values: [C.ScalarField] = try reader.elements(3)
      rowValues.append(RowValues(left: values[0], right: values[1], output: values[2]))
    }
    innerRounds = try reader.rounds(batch.chunkLog, degree: InnerProductSummand<C.ScalarField>.degree)
    chunkValues = []
    for relation in batch.relations { chunkValues.append(try reader.elements(relation.chunks.count)) }
    opening = try reader.opening(variables: batch.chunkLog)
  }
}

/// Reads the parts of a proof whose length is known beforehand.
struct ProofReader {
  private let bytes: [UInt8]
  private var offset = 0

  /// A reader of exactly `count` bytes.
  init(_ bytes: [UInt8], count: Int) throws(DeciderError) {
    guard bytes.count == count else { throw .encodingLength(expected: count, found: bytes.count) }
    self.bytes = bytes
  }

  /// The next elements.
  mutating func elements<F: PrimeField>(_ count: Int) throws(DeciderError) -> [F] {
    var elements: [F] = []
    for _ in 0..<count {
      guard let element = F(bytes: bytes[offset..<(offset + 32)]) else { throw .encoding(offset: offset) }
      elements.append(element)
      offset += 32
    }
    return elements
  }

  /// The next round messages.
  mutating func rounds<F: PrimeField>(_ count: Int, degree: Int) throws(DeciderError) -> [RoundPolynomial<F>] {
    var rounds: [RoundPolynomial<F>] = []
    for _ in 0..<count { rounds.append(RoundPolynomial(try elements(degree))) }
    return rounds
  }

  /// The next opening.
  mutating func opening<C: Curve>(variables: Int) throws(DeciderError) -> InnerProductProof<C> {
    let end = offset + InnerProductProof<C>.byteCount(variables: variables)
    defer { offset = end }
    do {
      return try InnerProductProof(encoded: bytes[offset..<end], variables: variables)
    } catch { throw .encoding(offset: offset) }
  }
}
