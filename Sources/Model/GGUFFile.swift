import Foundation

/// A GGUF file, version 2 or 3, mapped into memory: metadata, tensor descriptions, then the tensors, each aligned.
///
/// Opening it checks the whole structure: every count and length against what is left of the file, names that occur once,
/// formats that are known, and every tensor exactly where the ones before it end.
struct GGUFFile: Sendable {
  /// One tensor's place and shape.
  struct Entry: Sendable {
    /// The number format.
    let type: GGUFTensorType
    /// Lengths of the axes, the slowest first (files list the fastest first).
    let shape: [Int]
    /// The first byte behind the header.
    let begin: Int
    /// The bytes it takes.
    let size: Int
  }

  /// The name used in messages.
  let name: String
  /// Metadata by key.
  let metadata: [String: GGUFValue]
  /// Tensors by name.
  let entries: [String: Entry]
  private let bytes: Data
  private let dataStart: Int

  private static let magic: UInt32 = 0x4655_4747  // "GGUF"
  private static let countLimit = 1 << 20

  /// Opens a file; throws `unreadableFile`, `malformedGGUF` or `unsupported`.
  init(file url: URL) throws {
    try self.init(bytes: readFile(url), name: url.lastPathComponent)
  }

  /// Takes the bytes of a file called `name` in messages; throws `malformedGGUF` or `unsupported`.
  init(bytes: Data, name: String) throws {
    var reader = GGUFReader(bytes, name: name)
    guard try reader.integer(UInt32.self) == Self.magic else { throw reader.malformed("it does not begin with GGUF") }
    let version: UInt32 = try reader.integer()
    guard version == 2 || version == 3 else {
      throw ModelError.unsupported(file: name, feature: "GGUF version \(version)", expected: "version 2 or 3")
    }
    let tensorCount = try reader.count("the number of tensors", limit: Self.countLimit)
    let metadataCount = try reader.count("the number of metadata values", limit: Self.countLimit)
    var metadata: [String: GGUFValue] = [:]
    for _ in 0..<metadataCount {
      let key = try reader.string(limit: GGUFReader.nameLimit)
      guard metadata.updateValue(try reader.value(), forKey: key) == nil else {
        throw reader.malformed("the metadata key \(key) occurs twice")
      }
    }
    let alignment = try Self.alignment(metadata, reader)
    var entries: [String: Entry] = [:]
    var end = 0
    for _ in 0..<tensorCount {
      let tensor = try reader.string(limit: GGUFReader.nameLimit)
      let entry = try Self.entry(tensor, from: &reader, expectedOffset: end)
      guard entries.updateValue(entry, forKey: tensor) == nil else {
        throw reader.malformed("the tensor \(tensor) occurs twice")
      }
      end = Self.aligned(entry.begin + entry.size, alignment)
    }
    let start = Self.aligned(reader.position, alignment)
    let last = entries.values.reduce(0) { max($0, $1.begin + $1.size) }
    guard start + last <= bytes.count else { throw reader.malformed("it ends inside its tensors") }
    guard bytes.count <= start + end else { throw reader.malformed("there are bytes behind the last tensor") }
    self.name = name
    self.metadata = metadata
    self.entries = entries
    self.bytes = bytes
    dataStart = start
  }

  /// The values of a tensor in row-major order, or nil if a ternary one holds other values.
  func values(_ entry: Entry) -> [Float]? {
    // SAFETY: opening checked that the tensor lies within the file.
    bytes.withUnsafeBytes { raw in
      entry.type.values(
        UnsafeRawBufferPointer(rebasing: raw[dataStart + entry.begin..<dataStart + entry.begin + entry.size]))
    }
  }

  private static func aligned(_ offset: Int, _ alignment: Int) -> Int { (offset + alignment - 1) & ~(alignment - 1) }

  private static func alignment(_ metadata: [String: GGUFValue], _ reader: GGUFReader) throws -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard case .integer(let alignment) = value, (8...1 << 16).contains(alignment), alignment.nonzeroBitCount == 1 else {
      throw reader.malformed("general.alignment is no power of two from 8 to 65536")
    }
    return alignment
  }

  /// One description: dimensions, format, offset; sizes stay below 2^48, so that sums of offsets cannot overflow.
  private static func entry(_ tensor: String, from reader: inout GGUFReader, expectedOffset: Int) throws -> Entry {
    let dimensions: UInt32 = try reader.integer()
    guard (1...4).contains(dimensions) else { throw reader.malformed("\(tensor) has \(dimensions) dimensions") }
    var (shape, count) = ([Int](), 1)
    for _ in 0..<dimensions {
      let length = try reader.count("a dimension of \(tensor)", limit: 1 << 40)
      shape.append(length)
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= 1 << 44 else { throw reader.malformed("the shape of \(tensor) is out of range") }
      count = product
    }
    let number: UInt32 = try reader.integer()
    guard let type = GGUFTensorType(rawValue: number) else {
      throw ModelError.unsupported(
        file: reader.name, feature: "tensor \(tensor) in the format \(GGUFTensorType.name(of: number))",
        expected: "F32, F16, BF16, Q8_0, TQ1_0 or TQ2_0")
    }
    guard shape[0] % type.blockValues == 0 else {
      throw reader.malformed("the rows of \(tensor) are not whole blocks of \(type.blockValues)")
    }
    let offset = try reader.count("the offset of \(tensor)", limit: 1 << 48)
    guard offset == expectedOffset, offset <= reader.remaining else {
      throw reader.malformed("\(tensor) does not begin where the tensor before it ends")
    }
    return Entry(type: type, shape: shape.reversed(), begin: offset, size: count / type.blockValues * type.blockBytes)
  }
}
