package import Algebra

// Commitments to vectors most of whose entries are -1, 0 or 1: additions of points prepared for all of them.

extension Generators {
  /// What makes commitments to ternary vectors fast, for about `commitments` chunks of them.
  package func signedCombinations(commitments: Int) -> SignedCombinations<C> {
    SignedCombinations(of: bases, sums: commitments)
  }

  /// Commits to a long vector in chunks of 2^k, as `commit(chunks:)` does: entries -1 and 1 by additions, 0 free, the
  /// others, of which there should be few, by multiplication.
  ///
  /// - Parameter combinations: of these generators.
  /// - Throws: `CommitmentError.chunkCount` unless there are as many blinders and the vector fits.
  package func commit(
    ternaryChunks values: [Int16], chunkCount: Int, blinders: ChunkBlinders<C.ScalarField>,
    combinations: SignedCombinations<C>
  ) throws(CommitmentError) -> ChunkedCommitment<C> {
    let ranges = try chunkRanges(count: values.count, chunkCount: chunkCount, blinders: blinders)
    var points: [AffinePoint<C>] = []
    for (range, blinder) in zip(ranges, blinders.values) {
      var chunk = Array(values[range])
      var others: [(index: Int, scalar: C.ScalarField)] = []
      for index in chunk.indices where chunk[index] < -1 || chunk[index] > 1 {
        others.append((index, C.ScalarField(Int64(chunk[index]))))
        chunk[index] = 0
      }
      let sum = combinations.sum(chunk[...]) + C.multiScalarMultiplication(sparse: others, bases)
      points.append(try blinded(sum, by: blinder))
    }
    return try ChunkedCommitment(points)
  }
}
