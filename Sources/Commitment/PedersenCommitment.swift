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
    try commit(sums(chunks: values, chunkCount: chunkCount), blinders: blinders)
  }

  /// The sums that commitments to such a vector are blinded from. They are linear: the sums of two vectors of one length,
  /// added up, are those of the vectors' sum.
  ///
  /// - Throws: `CommitmentError.chunkCount` unless the vector fits.
  package func sums(chunks values: [Int64], chunkCount: Int) throws(CommitmentError) -> ChunkSums<C> {
    let ranges = try chunkRanges(count: values.count, chunkCount: chunkCount)
    return sums(ranges) { C.multiScalarMultiplication(small: Array(values[$0]), bases) }
  }

  /// The sum of one chunk of such a vector, counted from 0.
  package func sums(chunk: Int, of values: [Int64]) -> ChunkSums<C> {
    let range = min(values.count, chunk * bases.count)..<min(values.count, (chunk + 1) * bases.count)
    return ChunkSums(points: [C.multiScalarMultiplication(small: Array(values[range]), bases)])
  }

  /// Commits to a long vector of field elements in chunks, as above.
  package func commit(
    chunks values: FieldVector<C.ScalarField>, chunkCount: Int, blinders: ChunkBlinders<C.ScalarField>
  ) throws(CommitmentError) -> ChunkedCommitment<C> {
    let ranges = try chunkRanges(count: values.count, chunkCount: chunkCount)
    return try commit(
      sums(ranges) { C.multiScalarMultiplication(Array(values.elements[$0]), bases) }, blinders: blinders)
  }

  /// The sums of chunks, given the multiplications: many chunks are shared out among the processors, few are each worked on
  /// by all of them.
  private func sums(_ ranges: [Range<Int>], _ sum: @Sendable (Range<Int>) -> ProjectivePoint<C>) -> ChunkSums<C> {
    ChunkSums(
      points: ranges.count >= 3 * Parallel.processorCount
        ? Parallel.mapTasks(count: ranges.count) { sum(ranges[$0]) } : ranges.map(sum))
  }

  /// The commitments to chunks with these sums.
  ///
  /// - Throws: `CommitmentError.chunkCount` unless there are as many blinders, `infinity`.
  package func commit(
    _ sums: ChunkSums<C>, blinders: ChunkBlinders<C.ScalarField>
  ) throws(CommitmentError) -> ChunkedCommitment<C> {
    guard blinders.values.count == sums.points.count else {
      throw .chunkCount(expected: sums.points.count, found: blinders.values.count)
    }
    // Scalar multiplications that nobody shares with another chunk.
    let blinded = Parallel.map(count: sums.points.count, minimumChunk: 1) { chunk in
      sums.points[chunk] + blindingBase.multiplied(variableTime: blinders.values[chunk])
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
  func chunkRanges(count: Int, chunkCount: Int) throws(CommitmentError) -> [Range<Int>] {
    let needed = (count + bases.count - 1) / bases.count
    guard needed <= chunkCount else { throw .chunkCount(expected: needed, found: chunkCount) }
    return (0..<chunkCount).map { min(count, $0 * bases.count)..<min(count, ($0 + 1) * bases.count) }
  }
}
