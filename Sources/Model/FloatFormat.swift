/// The floating-point formats of weights.
enum FloatFormat: String {
  /// IEEE binary32.
  case single = "F32"
  /// IEEE binary16.
  case half = "F16"
  /// The upper half of binary32.
  case brain = "BF16"

  /// Bytes of one value.
  var size: Int { self == .single ? 4 : 2 }

  /// Value `index` of little-endian `data`, exactly.
  @inline(__always)
  func load(_ data: UnsafeRawBufferPointer, _ index: Int) -> Float {
    switch self {
    case .single:
      return Float(bitPattern: data.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    case .brain:
      return Float(bitPattern: UInt32(data.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
    case .half:
      return Self.widen(half: UInt32(data.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
    }
  }

  /// The value of binary16 bits, exactly.
  ///
  /// Moves the 10-bit significand up and rebiases the exponent by a multiplication, which is exact, subnormals too.
  static func widen(half bits: UInt32) -> Float {
    let sign = (bits & 0x8000) << 16
    let magnitude = bits & 0x7fff
    if magnitude >= 0x7c00 { return Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13) }
    let scaled = Float(bitPattern: magnitude << 13) * Float(sign: .plus, exponent: 112, significand: 1)
    return Float(bitPattern: sign | scaled.bitPattern)
  }
}
