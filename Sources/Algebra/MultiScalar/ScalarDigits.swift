/// The scalars of a multi-scalar multiplication, to be cut into windows of bits.
///
/// With s = |scalar| of `bitWidth` bits and K = sum over all windows w but the last of 2^(c - 1) 2^(c w), the digit of
/// window w is the window of s + K less 2^(c - 1), and that of the last window the rest; so every digit is at most 2^(c
/// - 1) in magnitude, can be found without those below it, and s = sum of digit_w 2^(c w).
protocol ScalarDigits: Sendable {
  /// The number of scalars.
  var count: Int { get }
  /// Bits of the largest magnitude.
  var bitWidth: Int { get }
  /// Adds K to every magnitude; called once, before `digits`.
  mutating func prepare(windowWidth: Int, windows: Int)
  /// The digits of all scalars in this window, negated for a negative scalar.
  func digits(window: Int, windowWidth: Int, isLast: Bool) -> [Int32]
}

/// Field elements by their canonical representatives.
struct WideDigits: ScalarDigits {
  private var limbs: [Limbs]
  let bitWidth: Int

  /// The digits of these scalars.
  init(_ scalars: [some PrimeField]) {
    limbs = Parallel.map(count: scalars.count, minimumChunk: 1024) { scalars[$0].canonicalLimbs }
    var all: Limbs = (0, 0, 0, 0)
    for value in limbs { all = (all.0 | value.0, all.1 | value.1, all.2 | value.2, all.3 | value.3) }
    let words = [all.0, all.1, all.2, all.3]
    bitWidth = words.indices.reduce(0) { words[$1] == 0 ? $0 : 64 * $1 + 64 - words[$1].leadingZeroBitCount }
  }

  var count: Int { limbs.count }

  mutating func prepare(windowWidth: Int, windows: Int) {
    var offset: [UInt64] = [0, 0, 0, 0]
    for window in 0..<(windows - 1) {
      let bit = windowWidth * window + windowWidth - 1
      offset[bit / 64] |= 1 << UInt64(bit % 64)
    }
    for index in limbs.indices {
      // Both are below 2^255.
      let (l0, c0) = addingWithCarry(limbs[index].0, offset[0], 0)
      let (l1, c1) = addingWithCarry(limbs[index].1, offset[1], c0)
      let (l2, c2) = addingWithCarry(limbs[index].2, offset[2], c1)
      limbs[index] = (l0, l1, l2, limbs[index].3 + offset[3] + c2)
    }
  }

  func digits(window: Int, windowWidth: Int, isLast: Bool) -> [Int32] {
    let bit = window * windowWidth
    let (word, shift) = (bit / 64, UInt64(bit % 64))
    let mask = (UInt64(1) << UInt64(isLast ? windowWidth + 1 : windowWidth)) - 1
    let offset = isLast ? 0 : Int32(1) << Int32(windowWidth - 1)
    func read(_ pair: (Limbs) -> (low: UInt64, high: UInt64)) -> [Int32] {
      limbs.map { value in
        let (low, high) = pair(value)
        return Int32(truncatingIfNeeded: (low >> shift | (high << 1) << (63 - shift)) & mask) - offset
      }
    }
    switch word {
    case 0: return read { ($0.0, $0.1) }
    case 1: return read { ($0.1, $0.2) }
    case 2: return read { ($0.2, $0.3) }
    default: return read { ($0.3, 0) }
    }
  }
}

/// Signed integers of at most 62 bits by magnitude and sign.
struct SmallDigits: ScalarDigits {
  private var magnitudes: [UInt64]
  private let negative: [Bool]
  let bitWidth: Int

  /// Bits that the sum of a magnitude and the offset leave room for.
  static var maximumBitWidth: Int { 62 }

  /// The digits of these integers.
  init(_ integers: [Int64]) {
    magnitudes = integers.map { $0.magnitude }
    negative = integers.map { $0 < 0 }
    bitWidth = UInt64.bitWidth - magnitudes.reduce(0, |).leadingZeroBitCount
  }

  var count: Int { magnitudes.count }

  mutating func prepare(windowWidth: Int, windows: Int) {
    let offset = (0..<(windows - 1)).reduce(UInt64(0)) { $0 | 1 << UInt64(windowWidth * $1 + windowWidth - 1) }
    guard offset != 0 else { return }
    for index in magnitudes.indices { magnitudes[index] += offset }
  }

  func digits(window: Int, windowWidth: Int, isLast: Bool) -> [Int32] {
    let shift = UInt64(window * windowWidth)
    let mask = isLast ? UInt64.max : (1 << UInt64(windowWidth)) - 1
    let offset = isLast ? 0 : Int32(1) << Int32(windowWidth - 1)
    return magnitudes.indices.map { index in
      let digit = Int32(truncatingIfNeeded: (magnitudes[index] >> shift) & mask) - offset
      return negative[index] ? -digit : digit
    }
  }
}
