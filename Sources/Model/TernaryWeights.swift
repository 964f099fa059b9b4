package import Foundation

/// Weights -1, 0, 1 in row-major order, five to a byte: the sum of (weight + 1) * 3^i over the five, i from 0.
///
/// Law: a byte is below 243, and what the last byte holds beyond the last weight is 0; so one list of weights has one
/// encoding, and nothing but ternary weights can be stored.
package struct TernaryWeights: Equatable, Sendable {
  /// How many weights there are.
  package let count: Int
  /// The encoding, `byteCount(count)` bytes.
  package let bytes: Data

  /// The bytes that hold `count` weights.
  package static func byteCount(_ count: Int) -> Int { (count + 4) / 5 }

  /// Packs weights, each -1, 0 or 1.
  package init(_ weights: [Int16]) {
    count = weights.count
    var bytes = Data(capacity: Self.byteCount(weights.count))
    for start in stride(from: 0, to: weights.count, by: 5) {
      var byte: UInt8 = 0
      for weight in weights[start..<min(start + 5, weights.count)].reversed() {
        precondition((-1...1).contains(weight), "A ternary weight is -1, 0 or 1.")
        byte = 3 * byte + UInt8(weight + 1)
      }
      // Absent weights are the high digits, 0 each.
      bytes.append(byte)
    }
    self.bytes = bytes
  }

  /// Takes an encoding of `count` weights without copying it; nil unless it is one.
  package init?(count: Int, bytes: Data) {
    guard bytes.count == Self.byteCount(count), bytes.allSatisfy({ $0 < 243 }) else { return nil }
    let used = count % 5
    if used > 0, let last = bytes.last, last >= [0, 3, 9, 27, 81][used] { return nil }
    self.count = count
    self.bytes = bytes
  }

  /// The weights of a range, one 16-bit integer each.
  package func unpacked(_ range: Range<Int>) -> [Int16] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "Weights that exist.")
    return [Int16](unsafeUninitializedCapacity: range.count) { output, initialized in
      bytes.withUnsafeBytes { bytes in
        Self.digits.withUnsafeBufferPointer { digits in
          var (byte, digit) = (range.lowerBound / 5, range.lowerBound % 5)
          var index = 0
          // SAFETY: `byte` stays below byteCount(count), and every byte is below 243; eight weights are written where there
          // is room for them, of which the next ones overwrite three.
          while index < range.count {
            if digit == 0 && index + 8 <= range.count, let base = output.baseAddress {
              UnsafeMutableRawPointer(base + index).storeBytes(of: digits[Int(bytes[byte])], as: SIMD8<Int16>.self)
              (index, byte) = (index + 5, byte + 1)
            } else {
              output[index] = digits[Int(bytes[byte])][digit]
              (index, digit) = (index + 1, digit + 1)
              if digit == 5 { (byte, digit) = (byte + 1, 0) }
            }
          }
        }
      }
      initialized = range.count
    }
  }

  /// [byte][i] the five weights of every byte, then three zeros.
  private static let digits: [SIMD8<Int16>] = (0..<243).map { byte in
    var weights = SIMD8<Int16>()
    for (index, power) in [1, 3, 9, 27, 81].enumerated() { weights[index] = Int16(byte / power % 3) - 1 }
    return weights
  }
}
