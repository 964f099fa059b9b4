package import Algebra

// Commitments to vectors most of whose entries are -1, 0 or 1: by additions of generators, for many chunks at once.

extension Generators {
  /// Commits to long vectors, each in `chunkCount` chunks of 2^k as `commit(chunks:)` does: entries -1 and 1 by
  /// additions, 0 free, the others, of which there should be few, by multiplication.
  ///
  /// The more chunks at once, the fewer additions each: see `SignedSums`.
  /// - Throws: `CommitmentError.chunkCount` unless every vector has as many blinders and fits.
  package func commit(
    ternary vectors: [[Int16]], chunkCount: Int, blinders: [ChunkBlinders<C.ScalarField>]
  ) throws(CommitmentError) -> [ChunkedCommitment<C>] {
    precondition(vectors.count == blinders.count, "Blinders for every vector.")
    var chunks: [ArraySlice<Int16>] = []
    var others: [ProjectivePoint<C>] = []
    for (vector, blinders) in zip(vectors, blinders) {
      guard blinders.values.count == chunkCount else {
        throw .chunkCount(expected: chunkCount, found: blinders.values.count)
      }
      let ranges = try chunkRanges(count: vector.count, chunkCount: chunkCount)
      let places = vector.placesNotTernary()
      var ternary = vector
      for place in places { ternary[place] = 0 }
      for range in ranges {
        chunks.append(ternary[range])
        let own = places.filter { range.contains($0) }
        others.append(
          C.multiScalarMultiplication(small: own.map { Int64(vector[$0]) }, own.map { bases[$0 - range.lowerBound] }))
      }
    }
    let sums = SignedSums<C>.sums(chunks, bases)
    var commitments: [ChunkedCommitment<C>] = []
    for (index, blinders) in blinders.enumerated() {
      var points: [AffinePoint<C>] = []
      for (chunk, blinder) in blinders.values.enumerated() {
        let place = index * chunkCount + chunk
        points.append(try blinded(sums[place] + others[place], by: blinder))
      }
      commitments.append(try ChunkedCommitment(points))
    }
    return commitments
  }
}

extension [Int16] {
  /// The places of entries other than -1, 0 and 1, ascending.
  fileprivate func placesNotTernary() -> [Int] {
    let (count, block) = (count, 4096)
    return withUnsafeBufferPointer { entries in
      stride(from: 0, to: count, by: block).flatMap { first in
        let range = first..<Swift.min(first + block, count)
        // Without an early exit the loop is vectorised.
        var largest: UInt16 = 0
        for index in range { largest = Swift.max(largest, UInt16(bitPattern: entries[index] &+ 1)) }
        return largest <= 2 ? [] : range.filter { !(-1...1).contains(entries[$0]) }
      }
    }
  }
}
