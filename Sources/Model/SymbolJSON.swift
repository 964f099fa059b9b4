import Foundation

/// Rewrites JSON so that its strings hold byte symbols in place of everything but ASCII.
///
/// Swift compares strings by canonical equivalence, so two tokens of one file, such as an accented letter composed and
/// decomposed, would be one key of an object. No two different strings of byte symbols are equivalent.
enum SymbolJSON {
  /// The rewritten bytes: `"\u00e9"`, escaped or not, becomes the symbols of C3 A9. Spaces stay; what is no JSON stays none.
  static func rewritten(_ json: Data) -> Data {
    let symbols = (UInt8.min...UInt8.max).map { Array(ByteSymbols.text([$0]).utf8) }
    var output = Data(capacity: json.count + json.count / 4)
    var isString = false
    let bytes = Array(json)
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        isString.toggle()
        output.append(byte)
      case UInt8(ascii: "\\") where isString:
        let (text, length) = escape(bytes[position...])
        position += length
        if let text, !text.utf8.elementsEqual("\"".utf8), !text.utf8.elementsEqual("\\".utf8) {
          for part in text.utf8 { output.append(contentsOf: symbols[Int(part)]) }
        } else {
          output.append(byte)
          output.append(contentsOf: bytes[(position - length)..<position])
        }
      case 0x7f... where isString: output.append(contentsOf: symbols[Int(byte)])
      default: output.append(byte)
      }
    }
    return output
  }

  /// What an escape stands for, given the bytes behind the backslash, and how many of them belong to it; nil for none.
  private static func escape(_ bytes: ArraySlice<UInt8>) -> (text: String?, length: Int) {
    guard let kind = bytes.first else { return (nil, 0) }
    switch kind {
    case UInt8(ascii: "n"): return ("\n", 1)
    case UInt8(ascii: "t"): return ("\t", 1)
    case UInt8(ascii: "r"): return ("\r", 1)
    case UInt8(ascii: "b"): return ("\u{8}", 1)
    case UInt8(ascii: "f"): return ("\u{c}", 1)
    case UInt8(ascii: "/"): return ("/", 1)
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(bytes.dropFirst()) else { return (nil, 1) }
      if let scalar = Unicode.Scalar(unit) { return (String(Character(scalar)), 5) }
      let second = bytes.dropFirst(5)
      guard second.starts(with: Array("\\u".utf8)), let low = codeUnit(second.dropFirst(2)),
        UTF16.isLeadSurrogate(unit), UTF16.isTrailSurrogate(low)
      else { return (nil, 5) }
      return (String(decoding: [unit, low], as: UTF16.self), 11)
    default: return (nil, 1)
    }
  }

  /// Four hexadecimal digits.
  private static func codeUnit(_ bytes: ArraySlice<UInt8>) -> UInt16? {
    guard bytes.count >= 4 else { return nil }
    return UInt16(String(decoding: bytes.prefix(4), as: UTF8.self), radix: 16)
  }
}
