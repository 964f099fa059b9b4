import Algebra
import Commitment
import Transcript

/// How long one operation took.
public struct Timing: Encodable, Equatable, Sendable {
  /// What was done.
  public let operation: String
  /// Wall seconds of the fastest of `repetitions` runs.
  public let seconds: Double
  /// Operations of one run.
  public let count: Int
  /// Wall nanoseconds for each operation.
  public var nanosecondsEach: Double { seconds * 1e9 / Double(count) }
  /// Runs.
  public let repetitions: Int

  private enum CodingKeys: CodingKey { case operation, seconds, count, nanosecondsEach, repetitions }

  /// All of it, the time for each operation included.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(operation, forKey: .operation)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(count, forKey: .count)
    try container.encode(nanosecondsEach, forKey: .nanosecondsEach)
    try container.encode(repetitions, forKey: .repetitions)
  }

  /// Measures `body`, which does `count` operations.
  static func measure(
    _ operation: String, count: Int, repetitions: Int = 5, _ body: () throws -> Void
  ) rethrows -> Timing {
    let clock = ContinuousClock()
    let fastest = try (0..<repetitions).map { _ in try clock.measure(body).seconds }.min() ?? 0
    return Timing(operation: operation, seconds: fastest, count: count, repetitions: repetitions)
  }
}

/// Measurements of the parts that everything else consists of.
public enum KernelBenchmarks {
  /// Products of two vectors of 2^logSize elements of the scalar field (0 <= logSize <= 24): one after the other and by the
  /// vector kernel, both on one processor.
  public static func field(logSize: Int) -> [Timing] {
    let count = 1 << logSize
    let left = elements(count, first: 3), right = elements(count, first: 5)
    var product = left
    let repetitions = max(5, (1 << 20) >> logSize)
    let scalar = Timing.measure("product, one after the other", count: count, repetitions: repetitions) {
      for index in 0..<count { product[index] = left[index] * right[index] }
    }
    let expected = product
    product = left
    let vector = Timing.measure("product, vector kernel", count: count, repetitions: repetitions) {
      product.withUnsafeMutableBufferPointer { target in
        // SAFETY: all three arrays have `count` elements.
        if let target = target.baseAddress { ScalarField.multiply(left, right, into: target, count: count) }
      }
    }
    precondition(product == expected, "The kernel multiplies.")
    return [scalar, vector]
  }

  /// A multi-scalar multiplication of 2^logSize points of BN254 (0 <= logSize <= 24) with scalars of `bits` bits, 1, 8, 16
  /// or 254, on all processors.
  public static func multiScalar(logSize: Int, bits: Int) -> [Timing] {
    let count = 1 << logSize
    let bases = Generators<BN254>(logCount: logSize).bases
    let name = "multi-scalar multiplication, \(bits) bits"
    if bits == 254 {
      let scalars = elements(count, first: 3)
      return [Timing.measure(name, count: count) { _ = BN254.multiScalarMultiplication(scalars, bases) }]
    }
    let integers = (0..<count).map { Int64(($0 &* 2_654_435_761) >> 7 & ((1 << bits) - 1)) }
    return [Timing.measure(name, count: count) { _ = BN254.multiScalarMultiplication(small: integers, bases) }]
  }

  /// Poseidon2 permutations of widths 3 and 8, on one processor.
  public static func poseidon() -> [Timing] {
    [Poseidon2.width3, .width8].map { permutation in
      var state = elements(permutation.width, first: 3)
      let count = 1000
      return Timing.measure("Poseidon2 permutation, width \(permutation.width)", count: count) {
        for _ in 0..<count { permutation.permute(&state) }
      }
    }
  }

  /// Full-width elements.
  static func elements(_ count: Int, first: UInt64) -> [ScalarField] {
    let factor = ScalarField(0x9e37_79b9_7f4a_7c15 as UInt64)
    var element = ScalarField(first)
    for _ in 0..<8 { element = element * element + factor }
    return (0..<count).map { _ in
      element = element * factor + .one
      return element
    }
  }
}
