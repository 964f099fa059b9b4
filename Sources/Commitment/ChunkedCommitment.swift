package import Algebra

/// Commitments to the consecutive chunks of one long vector, all under the same generators.
///
/// Law: componentwise, so that the combination of commitments commits to the combination of vectors and blinders.
package struct ChunkedCommitment<C: Curve>: Sendable, Hashable {
  /// One point for each chunk, none of them infinity.
  package let points: [AffinePoint<C>]

  /// Takes the points of all chunks in order.
  ///
  /// - Throws: `CommitmentError.infinity` when one is the point at infinity.
  package init(_ points: [AffinePoint<C>]) throws(CommitmentError) {
    guard points.allSatisfy({ !$0.isInfinity }) else { throw .infinity }
    self.points = points
  }

  /// self + factor * other, chunk by chunk.
  ///
  /// - Throws: `CommitmentError.chunkCount` for lists of different lengths, `infinity` when a sum is that point.
  package func adding(_ factor: C.ScalarField, times other: Self) throws(CommitmentError) -> Self {
    guard other.points.count == points.count else {
      throw .chunkCount(expected: points.count, found: other.points.count)
    }
    let sums = Parallel.map(count: points.count, minimumChunk: 1) { index in
      other.points[index].multiplied(variableTime: factor) + points[index]
    }
    return try Self(ProjectivePoint.normalized(sums))
  }
}

/// What the commitments to the chunks of one vector are without their blinders, which hides nothing.
package struct ChunkSums<C: Curve>: Sendable {
  /// One point for each chunk.
  let points: [ProjectivePoint<C>]

  /// Takes the points of all chunks in order.
  init(points: [ProjectivePoint<C>]) { self.points = points }

  /// Takes the sums of one chunk after another.
  package init(joining parts: [Self]) { points = parts.flatMap(\.points) }

  /// The sums of the sum of two vectors in equally many chunks.
  package static func + (left: Self, right: Self) -> Self {
    precondition(left.points.count == right.points.count, "Sums of equally many chunks.")
    return Self(points: zip(left.points, right.points).map { $0 + $1 })
  }
}

/// The secret blinders of the chunks of one vector.
package struct ChunkBlinders<F: PrimeField>: Sendable, Equatable {
  /// One for each chunk.
  package let values: [F]

  /// Takes the blinders of all chunks in order.
  package init(_ values: [F]) { self.values = values }

  /// Fresh uniform nonzero blinders.
  package static func random(count: Int, using generator: inout some RandomNumberGenerator) -> Self {
    Self((0..<count).map { _ in .randomNonzero(using: &generator) })
  }

  /// self + factor * other, as `ChunkedCommitment.adding`.
  package func adding(_ factor: F, times other: Self) -> Self {
    precondition(other.values.count == values.count, "Blinders of equally many chunks.")
    return Self(values.indices.map { values[$0] + factor * other.values[$0] })
  }
}

extension PrimeField {
  /// A uniformly random element other than zero.
  package static func randomNonzero(using generator: inout some RandomNumberGenerator) -> Self {
    while true {
      let element = random(using: &generator)
      if !element.isZero { return element }
    }
  }
}
