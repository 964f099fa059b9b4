import Crypto

extension SHA256 {
  /// Takes in integers by their bytes in memory, little endian.
  mutating func update(integers: [some FixedWidthInteger]) {
    // SAFETY: the pointer is used during the call only.
    integers.withUnsafeBytes { update(bufferPointer: $0) }
  }
}
