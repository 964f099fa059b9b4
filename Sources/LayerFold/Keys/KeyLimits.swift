/// The largest sizes that keys can have: setup refuses models beyond them, and readers refuse files.
enum KeyLimits {
  /// log2 of the entries of one segment of a step.
  static let entriesLog = 31
  /// Entries of one segment of a step.
  static let entries = 1 << entriesLog
  /// Chunks that one instance commits to.
  static let chunks = 256
  /// Entries of A or of B: columns of the constraints, which are numbered by 30 bits.
  static let columns = 1 << 30
  /// log2 of the rows of a step, and of its trace variables: verifiers hold vectors of as many elements.
  static let rowsLog = 21
  /// log2 of the vector that evaluation claims speak of.
  static let claimLog = 34

  /// Throws `unusableSizes` for an instance of more chunks or rows.
  static func check(chunks: Int, rowsLog: Int) throws {
    if chunks > Self.chunks {
      throw LayerFoldError.unusableSizes(
        "An instance would have \(chunks) chunks, and at most \(Self.chunks) are possible; expected a larger chunk size."
      )
    }
    if rowsLog > Self.rowsLog {
      throw LayerFoldError.unusableSizes(
        "A step would have 2^\(rowsLog) rows; at most 2^\(Self.rowsLog) are possible.")
    }
  }
}
