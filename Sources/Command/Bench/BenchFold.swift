import ArgumentParser
import Foundation
import LayerFold

/// One steady fold.
struct BenchFold: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fold",
    abstract: "One whole step over synthetic constraints, folded into a random full-width running instance.",
    discussion: """
      A step has 2^K constraints about a witness of B bits, and beside them the recursion's own. For 1, 8 and 16 bits \
      constraint i is (w - c)(w - d) = 0 for a committed integer w and constants c, d of that many bits (0 and 1 for one \
      bit): as many integers as constraints, less the digits that the recursion keeps among them. For 254 bits it is a \
      squaring of the square before, all of them elements of full width.

      The time of a step is everything from one proved step to the next: folding the step before into a running instance \
      whose entries are all uniform (line polynomials, matrix products, cross term, update, a scalar multiplication for \
      each chunk), folding the CycleFold instance of these scalar multiplications, the trace of the circuit that verifies \
      both folds, the commitments to the integers and to the trace, the value of the claim on committed integers, and the \
      public input. Not in it: drawing the integers; the argument of a model's step (lookups, products), for there is no \
      model, so that the claim is one at a random point and digits are not range-checked.

      After the last fold the running instances and the last step are opened and checked from their definitions, which is \
      not part of the time. The time is the median of the repetitions, and the parts are those of that step.
      """)

  @Option(help: "log2 of the number of constraints beside the recursion's (K), 14 to 22.")
  var logConstraints = 18

  @Option(help: "Bits of the witness (B): 1, 8, 16 or 254.")
  var bits = 16

  @Option(help: "Steps measured, 1 to 1000.")
  var repetitions = 9

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What is printed.
  struct Report: Encodable, CustomStringConvertible {
    /// What it ran on.
    let machine = Machine.current
    /// The measurement.
    let fold: FoldMeasurement
    /// The most memory the process used.
    let peakRssBytes = ProcessMemory.peak

    var description: String {
      let phases = fold.phases.map {
        String(format: "  %8.3f ms  (%8.3f)  ", $0.seconds * 1e3, $0.processorSeconds * 1e3) + $0.name
      }
      let size = "2^\(fold.logConstraints) constraints, \(fold.bits) bits"
      let cost = String(
        format: "%.2f ms a step (%.2f ms of processor time), %.1f ns a constraint", fold.seconds * 1e3,
        fold.processorSeconds * 1e3, fold.nanosecondsPerConstraint)
      return """
        \(size): \(cost) (median of \(fold.runs.count)), checked
        \(phases.joined(separator: "\n"))
        besides \(fold.recursionConstraints) constraints of the recursion; \(fold.integers) integers, \
        \(fold.traceElements) elements of full width, \(fold.chunks) chunks
        on \(machine.processor), \(machine.kernels) kernels, up to \(machine.threads) threads, \
        \(peakRssBytes.formattedBytes)
        """
    }
  }

  func run() throws {
    try logConstraints.require(14...22, option: "--log-constraints", expected: "14 to 22")
    try repetitions.require(1...1000, option: "--repetitions", expected: "1 to 1000")
    try bits.requireWidth()
    let report = Report(
      fold: try FoldMeasurement.run(logConstraints: logConstraints, bits: bits, repetitions: repetitions))
    if json { try StandardOutput.write(json: report) } else { try StandardOutput.write(report.description) }
  }
}

extension Int {
  /// Throws a usage failure unless the number is one of the widths that benchmarks know.
  func requireWidth() throws {
    guard [1, 8, 16, 254].contains(self) else {
      throw Failure("--bits is \(self); expected 1, 8, 16 or 254.", exitCode: EX_USAGE)
    }
  }
}
