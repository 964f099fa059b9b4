import ConstraintSystem
import Folding

/// What a steady fold of synthetic steps costs.
public struct FoldMeasurement: Encodable, Sendable {
  /// log2 of the synthetic constraints, and bits of their witness.
  public let logConstraints, bits: Int
  /// The synthetic constraints, and those of the recursion beside them.
  public let constraints, recursionConstraints: Int
  /// Committed integers, the recursion's digits included, and committed elements of full width.
  public let integers, traceElements: Int
  /// Chunk commitments of an instance, each of 2^logConstraints entries.
  public let chunks: Int
  /// Wall seconds of every fold, in order.
  public let runs: [Double]
  /// The median, wall seconds.
  public let seconds: Double
  /// Seconds of processor time of the run of median length, on all threads.
  public let processorSeconds: Double
  /// The median divided by the synthetic constraints, in nanoseconds.
  public let nanosecondsPerConstraint: Double
  /// The parts of the run of median length.
  public let phases: [Phase]

  /// Folds once to warm up, then `repetitions` (at least 1) times, and checks the result from its definition.
  ///
  /// - Parameters:
  ///   - logConstraints: 14 to 22.
  ///   - bits: 1, 8, 16 or 254.
  /// - Throws: `LayerFoldError.internalFailure` if the folded instances are not satisfied.
  public static func run(logConstraints: Int, bits: Int, repetitions: Int) throws -> FoldMeasurement {
    var generator = SystemRandomNumberGenerator()
    return try LayerFoldError.translating {
      var benchmark = try FoldBenchmark(logConstraints: logConstraints, bits: bits, using: &generator)
      _ = try benchmark.fold(using: &generator)
      var runs: [(seconds: Double, phases: [Phase])] = []
      for _ in 0..<repetitions {
        let phases = try benchmark.fold(using: &generator)
        runs.append((phases.reduce(0) { $0 + $1.seconds }, phases))
      }
      try benchmark.check()
      let median = runs.sorted { $0.seconds < $1.seconds }[repetitions / 2]
      return FoldMeasurement(
        logConstraints: logConstraints, bits: bits, constraints: 1 << logConstraints,
        recursionConstraints: benchmark.step.recursionRows, integers: 1 << logConstraints,
        traceElements: benchmark.step.shape.traceCount, chunks: benchmark.step.sizes.order.total,
        runs: runs.map(\.seconds), seconds: median.seconds,
        processorSeconds: median.phases.reduce(0) { $0 + $1.processorSeconds },
        nanosecondsPerConstraint: median.seconds * 1e9 / Double(1 << logConstraints), phases: median.phases)
    }
  }
}
