import ArgumentParser
import Foundation
import LayerFold

/// One transformer layer.
struct BenchLayer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layer",
    abstract: "Proves and folds one transformer layer with random weights.",
    discussion: """
      The weights are drawn as integers, without a float model; the layer reads the hidden states of an embedding of \
      just as many tokens as there are positions. What is done once (generators, circuits of all kinds of steps, \
      commitments to the weights, starts of the accumulators, the embedding) is shown apart. The step is what one more \
      layer adds to a proof: running it, committing, the step argument, the circuit that verifies the fold of the step \
      before and the argument, the commitment to its trace, and the fold of all that. Memory is the peak within each \
      phase where the system tells.

      Afterwards the folded instance is opened and checked from its definition, which is not part of the time, and the \
      parts that read every weight are measured by themselves, the best of three runs each: the commitment, what the \
      step argument does with the weights, and their lines and addition in a fold. --compare does all of it with 16-bit \
      and then with ternary weights and shows the ratios of these parts; that of whole layers is better taken from two \
      runs, since the second layer finds memory that the first one had to be given.
      """)

  @OptionGroup var layer: LayerOptions

  @Option(help: "Tokens of a text.")
  var tokens = 64

  @Flag(help: "Draws ternary projections.")
  var ternary = false

  @Flag(help: "Measures 16-bit weights first, then ternary ones, and compares.")
  var compare = false

  @Option(help: "log2 of the length of a commitment chunk; chosen if absent.")
  var chunkLog: Int?

  @Flag(help: "Leaves the check out, which takes memory and time for large layers.")
  var unchecked = false

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What is printed.
  struct Report: Encodable {
    /// What it ran on.
    let machine = Machine.current
    /// The measurement.
    let layer: LayerMeasurement
    /// The same with 16-bit weights, if that was asked for.
    let wide: LayerMeasurement?
    /// The most memory used within each phase, in order of set-up and step; the process's so far where the system does not
    /// tell more.
    let memory: [Memory]
    /// The most memory the process used.
    var peakRssBytes: Int { memory.map(\.peakBytes).max() ?? 0 }

    /// One phase.
    struct Memory: Encodable {
      /// Its name.
      let name: String
      /// The most memory in use, and that in use at its end.
      let peakBytes, bytes: Int
    }

    private enum CodingKeys: CodingKey { case machine, layer, wide, memory, peakRssBytes }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(machine, forKey: .machine)
      try container.encode(layer, forKey: .layer)
      try container.encodeIfPresent(wide, forKey: .wide)
      try container.encode(memory, forKey: .memory)
      try container.encode(peakRssBytes, forKey: .peakRssBytes)
    }
  }

  func run() throws {
    try tokens.require(2..., option: "--tokens", expected: "at least 2")
    try layer.check()
    let wide = compare ? try measure(isTernary: false).layer : nil
    let (layer, memory) = try measure(isTernary: ternary || compare)
    let report = Report(layer: layer, wide: wide, memory: memory)
    if json { try StandardOutput.write(json: report) } else { try StandardOutput.write(report.description) }
  }

  /// One layer, and the memory of every phase.
  private func measure(isTernary: Bool) throws -> (layer: LayerMeasurement, memory: [Report.Memory]) {
    var memory: [Report.Memory] = []
    ProcessMemory.restartPeak()
    var benchmark = LayerBenchmark(
      LayerShape(
        hidden: layer.hidden, intermediate: layer.intermediate, heads: layer.heads, keyValueHeads: layer.kvHeads,
        tokens: tokens, isTernary: isTernary)
    ) { phase in
      memory.append(
        Report.Memory(name: phase.name, peakBytes: ProcessMemory.peak, bytes: ProcessMemory.current))
      ProcessMemory.restartPeak()
      if !json { StandardError.write("\(phase.name): \(phase.seconds.formattedSeconds)") }
    }
    return (try benchmark.run(chunkLog: chunkLog, isChecked: !unchecked), memory)
  }
}

extension BenchLayer.Report: CustomStringConvertible {
  var description: String {
    let peaks = Dictionary(memory.map { ($0.name, $0.peakBytes) }) { max($0, $1) }
    func lines(_ phases: [Phase]) -> String {
      phases.map { phase in
        String(format: "  %9.3f s  (%9.3f)  ", phase.seconds, phase.processorSeconds) + phase.name
          + ", \((peaks[phase.name] ?? 0).formattedBytes)"
      }.joined(separator: "\n")
    }
    return """
      once:
      \(lines(layer.setUp))
      one layer: \(layer.seconds.formattedSeconds) (\(layer.processorSeconds.formattedSeconds) of processor time)\(layer.isChecked ? ", checked" : "")
      \(lines(layer.step))
      \(weightLines)
      \(layer.weights) weights, \(layer.positions) positions, \(layer.rows) rows; commits to \
      \(layer.entries.map(String.init).joined(separator: ", ")) entries (states in, out, weights, values, trace) in \
      \(layer.chunks) chunks of 2^\(layer.chunkLog)
      on \(machine.processor), \(machine.kernels) kernels, up to \(machine.threads) threads, peak \
      \(peakRssBytes.formattedBytes)
      """
  }
  /// The parts that read every weight, and the whole step: processor time, with that of 16 bits and the ratio if there is one.
  private var weightLines: String {
    guard let weights = layer.weightParts else { return "" }
    let others = wide?.weightParts
    let rows =
      weights.parts.indices.map { index in
        row(weights.parts[index].name, (weights.parts[index].processorSeconds, others?.parts[index].processorSeconds))
      } + [
        row("all but the commitment", (weights.processorSecondsPerStep, others?.processorSecondsPerStep)),
        row("MB in prover.key", (Double(weights.keyBytes) / 1e6, others.map { Double($0.keyBytes) / 1e6 }), unit: ""),
      ]
    let title = "weights by themselves, processor time" + (wide == nil ? "" : "; with 16 bits; 16 bits to ternary")
    return ([title + ":"] + rows).joined(separator: "\n")
  }

  private func row(_ name: String, _ values: (own: Double, other: Double?), unit: String = " s") -> String {
    let other = values.other.map { String(format: "  %9.3f", $0) + unit + String(format: "  %6.2f", $0 / values.own) }
    return String(format: "  %9.3f", values.own) + unit + (other ?? "") + "  " + name
  }
}
