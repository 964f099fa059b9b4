/// Why a commitment, a generator list or an opening was refused.
package enum CommitmentError: Error, Equatable {
  /// A chunk has more entries than there are generators.
  case chunkTooLong(entries: Int, generators: Int)
  /// A list of chunks does not have the expected length.
  case chunkCount(expected: Int, found: Int)
  /// A commitment came out as, or was given as, the point at infinity.
  case infinity
  /// The generator list's bytes do not start with the expected name and size, or have another length.
  case generatorFormat
  /// The generator list's bytes hold, at this index, something that is not a point of the curve.
  case generatorNotAPoint(index: Int)
  /// An opening has another number of rounds or of final entries than its statement.
  case openingShape
  /// An opening's bytes have another length than its statement fixes, or hold what is no point or no field element.
  case openingEncoding
  /// A challenge came out as zero, which happens with probability 2^-250.
  case degenerateChallenge
  /// The opening's equation does not hold.
  case openingRefused
}
