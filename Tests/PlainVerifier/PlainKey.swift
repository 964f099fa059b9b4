/// A verifier's key, read from the bytes of verifier.key (Formats.md), and its digest vk.
package struct PlainKey: Sendable {
  /// The model's constants.
  let constants: ModelConstants
  /// Segments and chunks.
  let layout: Layout
  /// log2 of the number of rows (e).
  let rowLog: Int
  /// Of every kind the entries of X, Y, w, A and the tables.
  let entries: [[Int]]
  /// ids, inputs, outputs.
  let tables: [[Int]]
  /// The constraints of the four kinds.
  let shapes: [Shape<ModulusR>]
  /// The bases of G.
  let generators: Generators<BN254>
  /// The constraints of CycleFold.
  let cycleShape: Shape<ModulusQ>
  /// The bases of H.
  let cycleGenerators: Generators<Grumpkin>
  /// vk.
  package let digest: F

  /// Reads all of `bytes`; throws `Refusal.malformed`.
  package init(_ bytes: [UInt8]) throws(Refusal) {
    var cursor = ByteCursor(bytes)
    try requireFormat(try cursor.take(8) == Array("LFVKEY01".utf8), "the name of the key")
    let constantBytes = try cursor.string(limit: 1 << 30, "the constants")
    constants = try ModelConstants(constantBytes)
    let chunkLog = try cursor.number(bytes: 1, in: 10...24, "the chunk size")
    rowLog = try cursor.number(bytes: 1, in: 16...21, "the number of rows")
    let traceChunks = try cursor.number(bytes: 4, in: 1...256, "the number of chunks")
    var entries = [[Int]](repeating: [], count: 4)
    for kind in 0..<4 {
      for _ in 0..<5 { entries[kind].append(try cursor.number(bytes: 4, in: 0...1 << 31, "the segments")) }
    }
    self.entries = entries
    var largestLogs: [Int] = []
    for _ in 0..<5 { largestLogs.append(try cursor.number(bytes: 1, in: 0...31, "the largest tensors")) }
    _ = try cursor.number(bytes: 1, in: 0...24, "the number of digits")
    let most = (0..<5).map { segment in entries.map { $0[segment] }.max() ?? 0 }
    try requireFormat(most[3] <= 1 << 30 && traceChunks << chunkLog <= 1 << 30, "the segments")
    layout = Layout(chunkLog: chunkLog, entries: most, largestLogs: largestLogs, traceChunks: traceChunks)
    tables = try Self.tables(&cursor)
    let columns = tables[0].count
    try requireFormat(most[4] == 3 * columns && 1 << largestLogs[4] >= columns, "the tables in their segment")
    try requireFormat(layout.chunkCount <= 256 && (chunkLog...34).contains(layout.claimLog), "the number of chunks")
    var shapes: [Shape<ModulusR>] = []
    for _ in 0..<4 { shapes.append(try Shape(try cursor.string(limit: 1 << 30, "the constraints"))) }
    self.shapes = shapes
    generators = try Generators(try cursor.string(limit: 1 << 32, "the generators"))
    cycleGenerators = try Generators(try cursor.string(limit: 1 << 32, "the generators"))
    try cursor.finish()
    try requireFormat(generators.logCount == chunkLog, "the number of generators")
    try requireFormat(rowLog == max(16, leastLog((shapes.map(\.rowCount).max() ?? 0) + 2)), "the number of rows")
    for (shape, entries) in zip(shapes, entries) {
      try requireFormat(
        shape.publicCount == 2 && max(shape.rowCount, shape.traceCount) <= 1 << 21
          && shape.traceCount <= traceChunks << chunkLog && (shape.valueOffsets.last ?? -1) < entries[3],
        "the sizes of constraints")
    }
    cycleShape = try CycleFoldCircuit.shape(chunks: layout.chunkCount)
    try requireFormat(
      cycleGenerators.logCount == leastLog(max(cycleShape.rowCount + 2, cycleShape.traceCount)),
      "the number of generators")
    digest = Self.digest(
      constantBytes, shapes.map(\.bytes), entries, layout, rowLog, tables,
      [generators.digest, Self.digest(cycleShape.bytes, cycleGenerators.digest)])
  }

  private static func tables(_ cursor: inout ByteCursor) throws(Refusal) -> [[Int]] {
    let count = try cursor.number(bytes: 4, in: 1...1 << 24, "the size of the tables")
    try requireFormat(count.nonzeroBitCount == 1 && 12 * count <= cursor.left, "the size of the tables")
    var columns: [[Int]] = [[], [], []]
    for column in 0..<3 {
      for _ in 0..<count {
        columns[column].append(Int(Int32(truncatingIfNeeded: try cursor.number(bytes: 4))))
      }
    }
    return columns
  }
}
