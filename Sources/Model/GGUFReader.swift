import Foundation

/// Reads the parts of a GGUF header one after another, never beyond the end and never allocating more than is there.
struct GGUFReader {
  /// The file's name, used in messages.
  let name: String
  private let bytes: Data
  /// Bytes already read.
  private(set) var position = 0
  /// Values that arrays may still hold.
  private var valuesLeft = Self.valueLimit

  /// The longest key or tensor name accepted, in bytes.
  static let nameLimit = 1 << 16
  /// The most values that all arrays of a file hold together: several for each token of the largest vocabularies. In
  /// memory a value takes up to 24 times the bytes it takes in a file.
  private static let valueLimit = 1 << 22

  /// Starts at the first of `bytes`.
  init(_ bytes: Data, name: String) {
    self.bytes = bytes
    self.name = name
  }

  /// Bytes not yet read.
  var remaining: Int { bytes.count - position }

  /// The error for a broken file.
  func malformed(_ reason: String) -> ModelError { .malformedGGUF(file: name, reason: reason) }

  /// The next integer, little-endian; throws `malformedGGUF`.
  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw malformed("it ends inside its header") }
    // SAFETY: `size` bytes are left behind `position`.
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
    position += size
    return Value(littleEndian: value)
  }

  /// The next 64-bit count, at most `limit`; throws `malformedGGUF`.
  mutating func count(_ what: String, limit: Int) throws -> Int {
    let value: UInt64 = try integer()
    guard value <= UInt64(limit) else { throw malformed("\(what) is \(value), more than \(limit)") }
    return Int(value)
  }

  /// The next string, UTF-8 behind its length of at most `limit` bytes; throws `malformedGGUF`.
  mutating func string(limit: Int) throws -> String {
    let length = try count("the length of a string", limit: min(limit, max(remaining - 8, 0)))
    let start = bytes.startIndex + position
    guard let text = String(bytes: bytes[start..<start + length], encoding: .utf8) else {
      throw malformed("a string is not UTF-8")
    }
    position += length
    return text
  }

  /// The next metadata value; throws `malformedGGUF`.
  mutating func value() throws -> GGUFValue {
    let type: UInt32 = try integer()
    if type == 9 { return try array() }
    return try scalar(type)
  }

  private mutating func array() throws -> GGUFValue {
    let type: UInt32 = try integer()
    guard let size = Self.smallestSize(type) else {
      throw malformed("an array holds values of the unknown type \(type)")
    }
    let count = try count("the length of an array", limit: max(remaining - 8, 0) / size)
    guard count <= valuesLeft else { throw malformed("its arrays hold more than \(Self.valueLimit) values") }
    valuesLeft -= count
    var values: [GGUFValue] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try scalar(type)) }
    return .array(values)
  }

  /// Bytes that a scalar takes at least, or nil for types that are none.
  private static func smallestSize(_ type: UInt32) -> Int? {
    switch type {
    case 0, 1, 7: return 1
    case 2, 3: return 2
    case 4, 5, 6: return 4
    case 8, 10, 11, 12: return 8
    default: return nil
    }
  }

  private mutating func scalar(_ type: UInt32) throws -> GGUFValue {
    switch type {
    case 0: return .integer(Int(try integer(UInt8.self)))
    case 1: return .integer(Int(try integer(Int8.self)))
    case 2: return .integer(Int(try integer(UInt16.self)))
    case 3: return .integer(Int(try integer(Int16.self)))
    case 4: return .integer(Int(try integer(UInt32.self)))
    case 5: return .integer(Int(try integer(Int32.self)))
    case 6: return .number(Self.shortest(Float(bitPattern: try integer())))
    case 7:
      let value: UInt8 = try integer()
      guard value <= 1 else { throw malformed("a truth value is \(value)") }
      return .truth(value == 1)
    case 8: return .text(try string(limit: remaining))
    case 10: return .integer(try count("a metadata value", limit: Int.max))
    case 11: return .integer(Int(try integer(Int64.self)))
    case 12: return .number(Double(bitPattern: try integer()))
    default: throw malformed("a metadata value has the unknown type \(type)")
    }
  }

  /// The decimal number that was rounded to `value`: 1e-5 in single precision is read as 1e-5.
  private static func shortest(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
}

/// A metadata value of a GGUF file.
enum GGUFValue: Equatable, Sendable {
  /// All integer types.
  case integer(Int)
  /// Both floating-point types.
  case number(Double)
  /// A Boolean.
  case truth(Bool)
  /// A string.
  case text(String)
  /// Scalars of one type.
  case array([GGUFValue])
}
