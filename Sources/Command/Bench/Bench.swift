import ArgumentParser
import Foundation
import LayerFold

/// Measures this machine.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures kernels, folds, and layers and whole proofs of models with random weights.",
    subcommands: [
      BenchField.self, BenchMultiScalar.self, BenchPoseidon.self, BenchOpen.self, BenchFold.self, BenchLayer.self,
      BenchProof.self,
    ])
}

/// What a benchmark of kernels prints.
struct KernelReport: Encodable, CustomStringConvertible {
  /// What it ran on.
  let machine = Machine.current
  /// The measurements.
  let timings: [Timing]
  /// The most memory the process used.
  let peakRssBytes = ProcessMemory.peak

  var description: String {
    let lines = timings.map { timing in
      let milliseconds = String(format: "%.3f ms", timing.seconds * 1e3)
      let each = String(format: "%.1f ns each", timing.nanosecondsEach)
      return "\(timing.operation): \(milliseconds), \(each) (\(timing.count), fastest of \(timing.repetitions))"
    }
    let machine = "on \(machine.processor), \(machine.kernels) kernels, up to \(machine.threads) threads"
    return (lines + ["\(machine), \(peakRssBytes.formattedBytes)"]).joined(separator: "\n")
  }

  /// Prints it.
  func write(asJSON: Bool) throws {
    if asJSON { try StandardOutput.write(json: self) } else { try StandardOutput.write(description) }
  }
}

/// Products of field elements.
struct BenchField: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "field", abstract: "Products of field elements, by the vector kernel and without, on one processor.")

  @Option(help: "log2 of the number of elements, 3 to 24.")
  var logSize = 12

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try logSize.require(3...24, option: "--log-size", expected: "3 to 24")
    try KernelReport(timings: KernelBenchmarks.field(logSize: logSize)).write(asJSON: json)
  }
}

/// A multi-scalar multiplication.
struct BenchMultiScalar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "msm", abstract: "A multi-scalar multiplication on BN254, on all processors.")

  @Option(help: "log2 of the number of points, 3 to 22.")
  var logSize = 18

  @Option(help: "Bits of the scalars: 1, 8, 16 or 254.")
  var bits = 254

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try logSize.require(3...22, option: "--log-size", expected: "3 to 22")
    try bits.requireWidth()
    try KernelReport(timings: KernelBenchmarks.multiScalar(logSize: logSize, bits: bits)).write(asJSON: json)
  }
}

/// Poseidon2.
struct BenchPoseidon: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poseidon", abstract: "Poseidon2 permutations, on one processor.")

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws { try KernelReport(timings: KernelBenchmarks.poseidon()).write(asJSON: json) }
}

/// An opening.
struct BenchOpen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract:
      "Opens a commitment to elements of full width at a point (inner-product argument), and verifies the opening.")

  @Option(help: "log2 of the length of the vector, 3 to 22.")
  var logSize = 17

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try logSize.require(3...22, option: "--log-size", expected: "3 to 22")
    try KernelReport(timings: KernelBenchmarks.opening(logSize: logSize)).write(asJSON: json)
  }
}
