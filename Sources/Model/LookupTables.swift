import Foundation

/// The public tables of the integer model, all roundings of real functions, halves away from zero.
///
/// An entry is accepted only if its real value keeps so far from a rounding tie that any mathematics library
/// of double precision gives the same integer.
package struct LookupTables: Equatable, Sendable {
  /// [t, p] cosine of t * theta^(-2p / headDimension), or of t times the stretched frequency, 14 fraction bits.
  package let cosine: [Int32]
  /// [t, p] sine of the same angle, 14 fraction bits.
  package let sine: [Int32]
  /// [n] 2^10 * exp(-n * 2^-fS / sqrt(headDimension)), n < 1024.
  package let exponentialLow: [Int32]
  /// [n] 2^12 * exp(-n * 2^(10 - fS) / sqrt(headDimension)), n < 4096.
  package let exponentialHigh: [Int32]
  /// [n + 2^(siluBits - 1)] 2^fG * silu(n / 2^fG), for n in -2^(siluBits - 1) ..< 2^(siluBits - 1).
  package let silu: [Int32]

  /// Computes all tables; throws `ambiguousTableEntry`.
  package init(configuration: ModelConfiguration, parameters: QuantizationParameters) throws {
    (cosine, sine) = try Self.rotary(
      positions: parameters.positions,
      frequencies: rotaryFrequencies(
        headDimension: configuration.headDimension, theta: configuration.rotaryTheta,
        scaling: parameters.rotaryScaling),
      ulps: parameters.rotaryScaling == nil ? 4 : 16)
    let unit = Self.powerOfTwo(-parameters.scoreExponent) / Double(configuration.headDimension).squareRoot()
    let (lowBits, highBits) = (QuantizationParameters.differenceLowBits, QuantizationParameters.differenceHighBits)
    exponentialLow = try Self.table("exponentialLow", 0..<(1 << lowBits)) {
      Self.powerOfTwo(lowBits) * exp(-Double($0) * unit)
    }
    exponentialHigh = try Self.table("exponentialHigh", 0..<(1 << highBits)) {
      Self.powerOfTwo(highBits) * exp(-Double($0) * Self.powerOfTwo(lowBits) * unit)
    }
    let half = 1 << (parameters.siluBits - 1)
    let scale = Self.powerOfTwo(-parameters.gateExponent)
    silu = try Self.table("silu", -half..<half) { Double($0) / (1 + exp(-Double($0) * scale)) }
  }

  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  private static func table(_ name: String, _ inputs: Range<Int>, _ value: (Int) -> Double) throws -> [Int32] {
    try inputs.map { try rounded(value($0), table: name, index: $0, margin: 1e-9) }
  }

  /// Rounds `value`, refusing what lies within `margin` of a tie.
  private static func rounded(_ value: Double, table: String, index: Int, margin: Double) throws -> Int32 {
    let fraction = abs(value) - abs(value).rounded(.down)
    if abs(fraction - 0.5) < margin { throw ModelError.ambiguousTableEntry(table: table, index: index) }
    return Int32(value.rounded(.toNearestOrAwayFromZero))
  }

  /// The margin grows with the position, as the error of the angle does: some `ulps` of the angle, in table units.
  private static func rotary(
    positions: Int, frequencies: [Double], ulps: Double
  ) throws -> (cosine: [Int32], sine: [Int32]) {
    let half = frequencies.count
    let scale = powerOfTwo(QuantizationParameters.rotaryBits)
    var cosine: [Int32] = []
    var sine: [Int32] = []
    for position in 0..<positions {
      for (index, frequency) in frequencies.enumerated() {
        let angle = Double(position) * frequency
        let margin = 1e-9 + ulps * angle.ulp * scale
        let entry = position * half + index
        cosine.append(try rounded(scale * cos(angle), table: "cosine", index: entry, margin: margin))
        sine.append(try rounded(scale * sin(angle), table: "sine", index: entry, margin: margin))
      }
    }
    return (cosine, sine)
  }
}
