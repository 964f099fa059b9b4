/// GPT-2's way of writing bytes as printable characters: a printable byte of Latin-1 is itself, the others follow
/// from U+0100 on.
enum ByteSymbols {
  private static let byteOfScalar: [UInt32: UInt8] = {
    var table: [UInt32: UInt8] = [:]
    var next: UInt32 = 256
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 33...126, 161...172, 174...255: table[UInt32(byte)] = byte
      default:
        table[next] = byte
        next += 1
      }
    }
    return table
  }()

  private static let scalarOfByte: [UInt8: Unicode.Scalar] = {
    var table: [UInt8: Unicode.Scalar] = [:]
    for (scalar, byte) in byteOfScalar { table[byte] = Unicode.Scalar(scalar) }
    return table
  }()

  /// How `bytes` are written.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes {
      guard let scalar = scalarOfByte[byte] else { preconditionFailure("every byte has a symbol") }
      text.append(scalar)
    }
    return String(text)
  }

  /// The bytes that `text` stands for, or nil if a character stands for none.
  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = byteOfScalar[scalar.value] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
