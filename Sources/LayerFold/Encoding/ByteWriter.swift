/// Writes the canonical encodings of key and proof files: little-endian numbers of fixed width, lists after their length.
struct ByteWriter {
  /// What has been written.
  private(set) var bytes: [UInt8] = []

  /// Appends bytes as they are.
  mutating func write(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

  /// Appends an integer in its full width.
  mutating func write<Integer: FixedWidthInteger>(_ value: Integer) {
    for byte in 0..<Integer.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> Integer(8 * byte))) }
  }

  /// Appends a size in 4 bytes; it must be from 0 to 2^32 - 1.
  mutating func write(count: Int) {
    guard let count = UInt32(exactly: count) else { preconditionFailure("A count is below 2^32.") }
    write(count)
  }

  /// Appends the bit pattern of a number.
  mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Appends bytes after their number in 8 bytes.
  mutating func write(lengthPrefixed content: some Collection<UInt8>) {
    write(UInt64(content.count))
    write(content)
  }

  /// Appends zeros up to a multiple of `alignment` bytes from the start.
  mutating func pad(to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }
}
