import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
public import Foundation
import Model
import Transcript

// verifier.key: magic and version; the model's constants; k, e, the number of trace chunks; the entries of every kind's segments
// the largest tensors and the digits; the tables; the constraints of the four kinds; both lists of generators.

extension VerifierKey {
  private static let magic = Array("LFVKEY01".utf8)
  private static let sizeLimit = 1 << 30

  /// Bytes of everything but the constants, the tables' entries, the constraints and the generators.
  static let fixedByteCount =
    magic.count + 8 + 6 + 4 * StepKind.allCases.count * Segment.allCases.count + Segment.allCases.count + 1 + 4
    + 8 * (StepKind.allCases.count + 2)

  /// Reads a file; throws `missingInput` or `malformedKey`.
  public init(contentsOf file: URL) throws { try self.init(contentsOf: file, of: nil) }

  /// The same, where the tokenizer may be known from a model.
  init(contentsOf file: URL, of model: TextModel?) throws {
    // While the file is read, which keeps one processor busy.
    _ = Aside(count: 1) { _ in Poseidon2.prepare() }
    try self.init(encoded: Data(requiredFile: file), file: file.relativePath, of: model)
  }

  /// Writes the file beside its place, then renames it; throws `cannotCreate` or `writeFailed`.
  public func write(to file: URL) throws {
    let staged = try StagedFile(at: file.relativePath, access: .shared)
    try staged.write(encoded)
    try staged.commit()
  }

  /// The whole file.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(encodedBeforeGenerators)
    writer.write(lengthPrefixed: verification.generators.encoded)
    writer.write(lengthPrefixed: verification.cycle.generators.encoded)
    return writer.bytes
  }

  /// The file up to its generators.
  var encodedBeforeGenerators: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.magic)
    writer.write(lengthPrefixed: verification.context)
    let sizes = verification.sizes
    writer.write(UInt8(sizes.layout.chunkLog))
    writer.write(UInt8(sizes.errorLog))
    writer.write(count: sizes.order.trace.count)
    for entries in verification.segmentEntries.joined() { writer.write(count: entries) }
    for log in largestLogs + [limbsLog] { writer.write(UInt8(log)) }
    let tables = verification.tables
    writer.write(count: tables.ids.count)
    for entry in [tables.ids, tables.inputs, tables.outputs].joined() { writer.write(entry) }
    for shape in verification.shapes { writer.write(lengthPrefixed: shape.bytes) }
    return writer.bytes
  }

  /// Reads the bytes of a key that messages call `file`; throws `malformedKey`.
  package init(encoded data: Data, file: String) throws { try self.init(encoded: data, file: file, of: nil) }

  private init(encoded data: Data, file: String, of model: TextModel?) throws {
    try self.init(data, file: file, of: model) { reader in
      let primary = try Self.readGenerators(from: &reader), secondary = try Self.readGenerators(from: &reader)
      return { chunks in try Sizes.curves((primary, secondary), chunks: chunks) }
    }
  }

  /// Reads the bytes of a key up to its generators, in whose place those of another key stand; throws `malformedKey`.
  init(encodedBeforeGenerators data: Data, generatorsOf key: VerificationKey) throws {
    try self.init(data, file: Self.fileName, of: nil) { _ in
      { chunks in
        guard chunks != key.sizes.order.total else { return (key.generators, key.cycle) }
        guard let cycle = try CycleFoldKey(chunkCount: chunks, generators: key.cycle.generators) else {
          throw EncodingError.outOfRange(part: "the number of generators")
        }
        return (key.generators, cycle)
      }
    }
  }

  /// The generators of one curve and the CycleFold circuit with those of the other, given the number of chunks.
  private typealias Curves = (_ chunks: Int) throws -> (Generators<PrimaryCurve>, CycleFoldKey)

  private init(
    _ data: Data, file: String, of model: TextModel?,
    readingCurves readCurves: (inout ByteReader) throws -> Curves
  ) throws {
    do {
      var reader = ByteReader(data)
      guard try reader.read(Self.magic.count, "the magic").elementsEqual(Self.magic) else {
        throw EncodingError.outOfRange(part: "the magic number or the version")
      }
      let context = try reader.readLengthPrefixed("the model's constants", limit: Self.sizeLimit)
      var constantsReader = ByteReader(context)
      let constants = try ModelConstants(from: &constantsReader)
      try constantsReader.finish()
      let sizes = try Sizes(from: &reader)
      let tables = try Self.readTables(from: &reader)
      let (shapes, digests) = try Self.readShapes(from: &reader)
      let curves = try readCurves(&reader)
      try reader.finish()
      let verification = try sizes.verificationKey(
        shapes: shapes, shapeDigests: digests, tables: tables, curves: curves,
        digitBits: constants.parameters.digitBits, context: Array(context))
      try self.init(
        constants: constants, largestLogs: sizes.largestLogs, limbsLog: sizes.limbsLog, verification: verification,
        of: model)
    } catch let error as EncodingError {
      throw LayerFoldError.malformedKey(file: file, reason: error.description)
    } catch let error as ModelError {
      throw LayerFoldError.malformedKey(file: file, reason: "its model is inconsistent (\(error.description))")
    } catch LayerFoldError.unusableModel(let sentence) {
      throw LayerFoldError.malformedKey(file: file, reason: "its tokenizer is unusable (\(sentence))")
    } catch let error as ShapeError {
      throw LayerFoldError.malformedKey(file: file, reason: "its constraints are malformed (\(error))")
    } catch let error as CommitmentError {
      throw LayerFoldError.malformedKey(file: file, reason: "its generators are malformed (\(error))")
    }
  }

  private static func readTables(from reader: inout ByteReader) throws(EncodingError) -> Arguments.LookupTables {
    let count = try reader.readCount("the size of the tables", in: 1...1 << 24)
    guard count.nonzeroBitCount == 1 else { throw .outOfRange(part: "the size of the tables") }
    guard 12 * count <= reader.remaining else { throw .truncated(part: "the tables") }
    func column() throws(EncodingError) -> [Int32] {
      try reader.read(4 * count, "the tables").withUnsafeBytes { bytes in
        (0..<count).map { Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
      }
    }
    return Arguments.LookupTables(ids: try column(), inputs: try column(), outputs: try column())
  }

  /// The constraints of the four kinds, and the digests of their encodings.
  private static func readShapes(
    from reader: inout ByteReader
  ) throws -> (shapes: [ConstraintShape<ScalarField>], digests: [[UInt8]]) {
    let encodings = try StepKind.allCases.map { _ in
      Array(try reader.readLengthPrefixed("the constraints", limit: sizeLimit))
    }
    let shapes = Parallel.mapTasks(count: encodings.count) { index in
      // Only one byte string stands for a shape.
      Result { (try ConstraintShape<ScalarField>(bytes: encodings[index]), PieceDigest.of(encodings[index])) }
    }
    return (try shapes.map { try $0.get().0 }, try shapes.map { try $0.get().1 })
  }

  private static func readGenerators(from reader: inout ByteReader) throws(EncodingError) -> [UInt8] {
    Array(try reader.readLengthPrefixed("the generators", limit: sizeLimit << 2))
  }
}

/// The sizes a verifier's key says, checked against everything that relies on them.
private struct Sizes {
  let chunkLog: Int
  let errorLog: Int
  let traceChunks: Int
  let segmentEntries: [[Int]]
  let largestLogs: [Int]
  let limbsLog: Int

  init(from reader: inout ByteReader) throws(EncodingError) {
    chunkLog = Int(try reader.read("the chunk size") as UInt8)
    errorLog = Int(try reader.read("the number of rows") as UInt8)
    guard ProverKey.chunkLogs.contains(chunkLog) else { throw .outOfRange(part: "the chunk size") }
    guard (RecursionSizes.leastErrorLog...KeyLimits.rowsLog).contains(errorLog) else {
      throw .outOfRange(part: "the number of rows")
    }
    traceChunks = try reader.readCount("the number of chunks", in: 1...KeyLimits.chunks)
    var entries: [[Int]] = []
    for _ in StepKind.allCases {
      var kind: [Int] = []
      for _ in Segment.allCases { kind.append(try reader.readCount("the segments", in: 0...KeyLimits.entries)) }
      entries.append(kind)
    }
    segmentEntries = entries
    var logs: [Int] = []
    for _ in Segment.allCases { logs.append(Int(try reader.read("the largest tensors") as UInt8)) }
    guard logs.allSatisfy({ $0 <= KeyLimits.entriesLog }) else { throw .outOfRange(part: "the largest tensors") }
    largestLogs = logs
    limbsLog = Int(try reader.read("the number of digits") as UInt8)
    guard limbsLog <= 24 else { throw .outOfRange(part: "the number of digits") }
  }

  /// The key of these sizes; throws `EncodingError.outOfRange` unless all parts fit one another.
  func verificationKey(
    shapes: [ConstraintShape<ScalarField>], shapeDigests: [[UInt8]], tables: Arguments.LookupTables,
    curves: (_ chunks: Int) throws -> (Generators<PrimaryCurve>, CycleFoldKey), digitBits: Int, context: [UInt8]
  ) throws -> VerificationKey {
    func require(_ holds: Bool, _ part: String) throws {
      if !holds { throw EncodingError.outOfRange(part: part) }
    }
    let entries = Segment.allCases.map { segment in segmentEntries.map { $0[segment.rawValue] }.max() ?? 0 }
    try require(entries[Segment.values.rawValue] <= KeyLimits.columns, "the segments")
    try require(traceChunks << chunkLog <= KeyLimits.columns, "the number of chunks")
    let layout = BlockLayout(chunkLog: chunkLog, entries: entries, largestLogs: largestLogs)
    try require(layout.logSize >= chunkLog && layout.logSize <= KeyLimits.claimLog, "the segments")
    let chunks = ChunkOrder(layout: layout, traceChunks: traceChunks).total
    try require(chunks <= KeyLimits.chunks, "the number of chunks")
    let (primary, cycle) = try curves(chunks)
    try require(primary.logCount == chunkLog, "the number of generators")
    let sizes = RecursionSizes(
      layout: layout, traceChunks: traceChunks, errorLog: errorLog, absentState: primary.blindingBase,
      digitBits: digitBits)
    let tablesLog = tables.ids.count.trailingZeroBitCount
    try require(entries[Segment.tables.rawValue] == 3 * tables.ids.count, "the segments")
    try require(largestLogs[Segment.tables.rawValue] >= tablesLog, "the largest tensors")
    // A verifier makes tables of 2^e entries and vectors as long as a trace. A few bytes, those of a block, stand for as
    // many rows as its template has, so the length of the file does not bound them.
    let rows = shapes.map(\.rowCount).max() ?? 0
    try require(errorLog == RecursionSizes.errorLog(rows: rows), "the number of rows")
    for (shape, entries) in zip(shapes, segmentEntries) {
      try require(max(shape.rowCount, shape.traceCount) <= 1 << KeyLimits.rowsLog, "the constraints")
      try require(
        shape.publicCount == 2 && shape.rowCount <= 1 << errorLog && shape.traceCount <= traceChunks << chunkLog
          && shape.valuesCount <= entries[Segment.values.rawValue], "the constraints")
    }
    return VerificationKey(
      shapes: shapes, segmentEntries: segmentEntries, sizes: sizes, tables: tables,
      generators: (primary: primary, cycle: cycle), context: context, shapeDigests: shapeDigests)
  }

  /// The generators of one curve, and the CycleFold circuit with those of the other; made side by side.
  static func curves(
    _ generators: (primary: [UInt8], secondary: [UInt8]), chunks: Int
  ) throws -> (Generators<PrimaryCurve>, CycleFoldKey) {
    enum Side: Sendable {
      case primary(Generators<PrimaryCurve>)
      case cycle(CycleFoldKey?)
    }
    let sides = try Parallel.mapTasks(count: 2) { index in
      Result {
        if index == 0 {
          return Side.cycle(
            try CycleFoldKey(
              chunkCount: chunks, generators: Generators(encoded: generators.secondary, checking: .onCurve)))
        }
        return Side.primary(try Generators(encoded: generators.primary, checking: .onCurve))
      }
    }.map { try $0.get() }
    guard case .cycle(let cycle?) = sides[0], case .primary(let primary) = sides[1] else {
      throw EncodingError.outOfRange(part: "the number of generators")
    }
    return (primary, cycle)
  }
}
