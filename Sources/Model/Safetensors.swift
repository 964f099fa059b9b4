package import Foundation

/// A safetensors file, mapped into memory: eight bytes of header length, a JSON header, the tensors end to end.
///
/// Opening it checks the whole structure: offsets in range, without overlap, hole or trailing byte, and each as
/// long as dtype and shape say.
package struct SafetensorsFile: Sendable {
  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }
  }

  private static let headerLimit = 100_000_000
  private static let bytesPerValue = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2,
    "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
  ]

  /// The name used in messages.
  package let name: String
  private let bytes: Data
  private let dataStart: Int
  private let entries: [String: Entry]

  /// The names of all tensors.
  package var tensors: [String] { entries.keys.sorted() }

  /// Opens a file; throws `unreadableFile` or `malformedSafetensors`.
  package init(file url: URL) throws {
    try self.init(bytes: readFile(url), name: url.lastPathComponent)
  }

  /// Takes the bytes of a file called `name` in messages; throws `malformedSafetensors`.
  package init(bytes: Data, name: String) throws {
    func malformed(_ reason: String) -> ModelError { .malformedSafetensors(file: name, reason: reason) }
    guard bytes.count >= 8 else { throw malformed("it is shorter than a header length") }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length >= 2, length <= UInt64(Self.headerLimit), length <= UInt64(bytes.count - 8) else {
      throw malformed("the header length \(length) does not fit the file")
    }
    self.name = name
    self.bytes = bytes
    dataStart = 8 + Int(length)
    let header = bytes.subdata(in: bytes.startIndex + 8..<bytes.startIndex + dataStart)
    guard header.first == UInt8(ascii: "{") else { throw malformed("the header is not a JSON object") }
    do {
      entries = try JSONDecoder().decode(Header.self, from: header).entries
    } catch is DecodingError {
      throw malformed("the header is not a JSON object of tensors with dtype, shape and data_offsets")
    }
    try checkLayout()
  }

  private struct Header: Decodable {
    let entries: [String: Entry]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: TensorKey.self)
      var entries: [String: Entry] = [:]
      for key in container.allKeys where key.stringValue != "__metadata__" {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
      self.entries = entries
    }
  }

  private struct TensorKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private func checkLayout() throws {
    func malformed(_ reason: String) -> ModelError { .malformedSafetensors(file: name, reason: reason) }
    let length = bytes.count - dataStart
    var ranges: [(begin: Int, end: Int, tensor: String)] = []
    for (tensor, entry) in entries {
      guard entry.offsets.count == 2, let begin = entry.offsets.first, let end = entry.offsets.last,
        0 <= begin, begin <= end, end <= length
      else { throw malformed("the offsets of \(tensor) are out of range") }
      guard let size = Self.bytesPerValue[entry.dtype] else {
        throw malformed("\(tensor) has the unknown dtype \(entry.dtype)")
      }
      var expected = size
      for dimension in entry.shape {
        let (product, overflow) = expected.multipliedReportingOverflow(by: dimension)
        guard dimension >= 0, !overflow else { throw malformed("the shape of \(tensor) is out of range") }
        expected = product
      }
      guard expected == end - begin else { throw malformed("the offsets of \(tensor) do not fit its dtype and shape") }
      ranges.append((begin, end, tensor))
    }
    ranges.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var position = 0
    for range in ranges {
      if range.begin < position { throw malformed("\(range.tensor) overlaps another tensor") }
      if range.begin > position { throw malformed("there is a hole before \(range.tensor)") }
      position = range.end
    }
    if position != length { throw malformed("there are bytes behind the last tensor") }
  }

  /// The shape that a tensor is stored with, or nil if there is no such tensor.
  package func shape(of tensor: String) -> [Int]? { entries[tensor]?.shape }

  /// The values of one tensor in row-major order; throws `missingTensor`, or `unexpectedTensor` unless it is F32,
  /// F16 or BF16, has this shape, and is finite throughout.
  package func floats(_ tensor: String, shape: [Int]) throws -> [Float] {
    guard let entry = entries[tensor], let begin = entry.offsets.first else {
      throw ModelError.missingTensor(file: name, tensor: tensor)
    }
    func unexpected(_ found: String, _ expected: String) -> ModelError {
      .unexpectedTensor(file: name, tensor: tensor, found: found, expected: expected)
    }
    guard let format = FloatFormat(rawValue: entry.dtype) else {
      throw unexpected("dtype \(entry.dtype)", "F32, F16 or BF16")
    }
    guard entry.shape == shape else { throw unexpected("shape \(entry.shape)", "shape \(shape)") }
    let count = shape.reduce(1, *)
    let values = bytes.withUnsafeBytes { raw in
      let data = UnsafeRawBufferPointer(rebasing: raw[(dataStart + begin)...])
      return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        // SAFETY: checkLayout made sure that `count` values of this format lie behind `begin`.
        for index in 0..<count { buffer[index] = format.load(data, index) }
        initialized = count
      }
    }
    guard values.allSatisfy({ $0.isFinite }) else { throw unexpected("a value that is not finite", "finite values") }
    return values
  }

  /// The entries of one tensor in row-major order; throws `missingTensor`, or `unexpectedTensor` unless it is U8 and has
  /// this shape.
  package func bytes(_ tensor: String, shape: [Int]) throws -> [UInt8] {
    guard let entry = entries[tensor], let begin = entry.offsets.first else {
      throw ModelError.missingTensor(file: name, tensor: tensor)
    }
    guard entry.dtype == "U8", entry.shape == shape else {
      throw ModelError.unexpectedTensor(
        file: name, tensor: tensor, found: "dtype \(entry.dtype) and shape \(entry.shape)",
        expected: "U8 and shape \(shape)")
    }
    let start = bytes.startIndex + dataStart + begin
    return Array(bytes[start..<start + shape.reduce(1, *)])
  }
}
