package import Algebra

// Pedersen vector commitments: com(v; s) = sum of v_i G_i + s K. A vector shorter than 2^k is extended by zeros.
//
// seealso: Pedersen, "Non-interactive and information-theoretic secure verifiable secret sharing" (1991).

extension Generators {
  /// The commitment to at most 2^k small integers; zeros with blinder 1 give K.
  ///
  /// - Throws: `CommitmentError.chunkTooLong`, or `infinity` (a uniform blinder gives it with probability 2^-254).
  package func commit(_ values: [Int64], blinder: C.ScalarField) throws(CommitmentError) -> AffinePoint<C> {
    try checkLength(values.count)
    return try blinded(C.multiScalarMultiplication(small: values, bases), by: blinder)
  }

  /// The commitment to at most 2^k field elements.
  ///
  /// - Throws: `CommitmentError.chunkTooLong`, or `infinity` (a uniform blinder gives it with probability 2^-254).
  package func commit(_ values: FieldVector<C.ScalarField>, blinder: C.ScalarField) throws(CommitmentError)
    -> AffinePoint<C>
  {
    try checkLength(values.count)
    return try blinded(C.multiScalarMultiplication(values.elements, bases), by: blinder)
  }

  /// The commitment to the vector with these entries at these places, below 2^k, and zeros elsewhere.
  ///
  /// - Throws: `CommitmentError.infinity` (a uniform blinder gives it with probability 2^-254).
  package func commit(
    _ entries: [C.ScalarField], at places: [Int], blinder: C.ScalarField
  ) throws(CommitmentError) -> AffinePoint<C> {
    precondition(entries.count == places.count, "One place for each entry.")
    return try blinded(C.multiScalarMultiplication(entries, places.map { bases[$0] }), by: blinder)
  }

  /// Commits to a long vector of small integers in chunks of 2^k, each with its own blinder; an empty vector has none.
  ///
  /// - Parameter chunkCount: chunks wanted; those past the vector's end commit to zeros.
  /// - Throws: `CommitmentError.chunkCount` unless there are as many blinders and the vector fits.
  package func commit(
    chunks values: [Int64], chunkCount: Int, blinders: ChunkBlinders<C.ScalarField>
  ) throws(CommitmentError) -> ChunkedCommitment<C> {
    let ranges = try chunkRanges(count: values.count, chunkCount: chunkCount, blinders: blinders)
    return try commit(ranges, blinders) { C.multiScalarMultiplication(small: Array(values[$0]), bases) }
  }

  /// Commits to a long vector of field elements in chunks, as above.
  package func commit(
    chunks values: FieldVector<C.ScalarField>, chunkCount: Int, blinders: ChunkBlinders<C.ScalarField>
  ) throws(CommitmentError) -> ChunkedCommitment<C> {
    let ranges = try chunkRanges(count: values.count, chunkCount: chunkCount, blinders: blinders)
    return try commit(ranges, blinders) { C.multiScalarMultiplication(Array(values.elements[$0]), bases) }
  }

  /// The commitments to chunks, given the multiplications: many chunks are shared out among the processors, few are each
  /// worked on by all of them.
  private func commit(
    _ ranges: [Range<Int>], _ blinders: ChunkBlinders<C.ScalarField>,
    _ sum: @Sendable (Range<Int>) -> ProjectivePoint<C>
  ) throws(CommitmentError) -> ChunkedCommitment<C> {
    let sums =
      ranges.count >= 3 * Parallel.processorCount
      ? Parallel.mapTasks(count: ranges.count) { sum(ranges[$0]) } : ranges.map(sum)
    // Scalar multiplications that nobody shares with another chunk.
    let blinded = Parallel.map(count: sums.count, minimumChunk: 1) { chunk in
      sums[chunk] + blindingBase.multiplied(variableTime: blinders.values[chunk])
    }
    let points = ProjectivePoint.normalized(blinded)
    guard !points.contains(where: \.isInfinity) else { throw .infinity }
    return try ChunkedCommitment(points)
  }

  private func checkLength(_ count: Int) throws(CommitmentError) {
    guard count <= bases.count else { throw .chunkTooLong(entries: count, generators: bases.count) }
  }

  /// The sum with a blinder; throws `infinity`.
  func blinded(
    _ sum: ProjectivePoint<C>, by blinder: C.ScalarField
  ) throws(CommitmentError) -> AffinePoint<C> {
    let point = (sum + blindingBase.multiplied(variableTime: blinder)).affine
    guard !point.isInfinity else { throw .infinity }
    return point
  }

  /// The parts of 0..<count that fall into each chunk, empty past the end.
  func chunkRanges(
    count: Int, chunkCount: Int, blinders: ChunkBlinders<C.ScalarField>
  ) throws(CommitmentError) -> [Range<Int>] {
    guard blinders.values.count == chunkCount else {
      throw .chunkCount(expected: chunkCount, found: blinders.values.count)
    }
    let needed = (count + bases.count - 1) / bases.count
    guard needed <= chunkCount else { throw .chunkCount(expected: needed, found: chunkCount) }
    return (0..<chunkCount).map { min(count, $0 * bases.count)..<min(count, ($0 + 1) * bases.count) }
  }
}
