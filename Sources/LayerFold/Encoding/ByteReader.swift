import Foundation

/// Why bytes were refused while reading an encoding.
enum EncodingError: Error, Equatable {
  /// The bytes end before this part.
  case truncated(part: String)
  /// Bytes follow the last part.
  case trailing(count: Int)
  /// A part holds a value that it must not have.
  case outOfRange(part: String)
  /// A part has another digest than when it was written.
  case altered(part: String)
}

extension EncodingError: CustomStringConvertible {
  /// The reason, without a full stop.
  var description: String {
    switch self {
    case .truncated(let part): "it ends within \(part)"
    case .trailing(let count): "\(count) bytes follow its end"
    case .outOfRange(let part): "\(part) has a value that is not allowed"
    case .altered(let part): "\(part) is not what was written"
    }
  }
}

/// Reads canonical encodings; no length is trusted before it is compared with what is left.
struct ByteReader {
  private let data: Data
  private var position: Data.Index

  /// A reader from the first byte on; slices share storage with `data`.
  init(_ data: Data) {
    self.data = data
    position = data.startIndex
  }

  /// The number of bytes not read yet.
  var remaining: Int { data.endIndex - position }

  /// The next `count` bytes; throws `truncated` if there are fewer, or for a negative count.
  mutating func read(_ count: Int, _ part: String) throws(EncodingError) -> Data {
    guard count >= 0, count <= remaining else { throw .truncated(part: part) }
    defer { position += count }
    return data[position..<position + count]
  }

  /// The next integer in its full width.
  mutating func read<Integer: FixedWidthInteger>(_ part: String) throws(EncodingError) -> Integer {
    var value: Integer = 0
    for (place, byte) in try read(Integer.bitWidth / 8, part).enumerated() {
      value |= Integer(truncatingIfNeeded: byte) << Integer(8 * place)
    }
    return value
  }

  /// A size in 4 bytes that must lie in `range`.
  mutating func readCount(_ part: String, in range: ClosedRange<Int>) throws(EncodingError) -> Int {
    let value: UInt32 = try read(part)
    guard range.contains(Int(value)) else { throw .outOfRange(part: part) }
    return Int(value)
  }

  /// Bytes after their number in 8 bytes, at most `limit`.
  mutating func readLengthPrefixed(_ part: String, limit: Int) throws(EncodingError) -> Data {
    let length: UInt64 = try read(part)
    guard let count = Int(exactly: length), count <= limit else { throw .outOfRange(part: part) }
    return try read(count, part)
  }

  /// Skips zeros up to a multiple of `alignment` bytes from the start; throws `outOfRange` for any other byte.
  mutating func skipPadding(to alignment: Int) throws(EncodingError) {
    let offset = position - data.startIndex
    let padding = try read((alignment - offset % alignment) % alignment, "padding")
    guard padding.allSatisfy({ $0 == 0 }) else { throw .outOfRange(part: "padding") }
  }

  /// Throws `trailing` unless everything was read.
  func finish() throws(EncodingError) {
    guard remaining == 0 else { throw .trailing(count: remaining) }
  }
}
