import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Folding
import Foundation
import Model

// What each part of a checkpoint holds. Lengths follow from the key, except that of a text.

extension ProvingRun {
  /// Writes a part of the state; throws `writeFailed`.
  func write(_ part: CheckpointPart, to file: PartWriter) throws {
    var writer = ByteWriter()
    switch part {
    case .running(let kind):
      let (instance, witness) = (prover.running[kind.rawValue], prover.witnesses[kind.rawValue])
      writer.write(instance.commitments)
      writer.write(instance.scalars.list)
      writer.write(witness.blinders)
      try file.write(writer.bytes)
      for part in witness.parts { try file.write(part.vector) }
      try file.write(witness.trace)
    case .cycle:
      let (instance, witness) = (prover.cycle, prover.cycleWitness)
      writer.write([instance.trace, instance.error])
      writer.write([instance.u] + instance.publics)
      writer.write([witness.traceBlinder, witness.errorBlinder])
      try file.write(writer.bytes)
      try file.write(witness.trace)
    case .pending:
      guard let step = prover.pending else { preconditionFailure("A step was made.") }
      writer.write(step.state.list)
      writer.write(step.instance.commitments)
      writer.write(step.witness.blinders)
      try file.write(writer.bytes)
      for segment in [0, 1, 3] { try file.write(step.witness.entries[segment].integers) }
      try file.write(step.witness.trace)
      try file.write(hidden.map(Int64.init))
    case .inference(let index):
      guard let text = texts[index] else { preconditionFailure("The text is known.") }
      writer.write(count: text.outputTokens.count)
      for token in text.outputTokens { writer.write(count: token) }
      for logit in text.finalLogits { writer.write(logit) }
      try file.write(writer.bytes)
    }
  }

  /// Puts back the state that a checkpoint holds; throws what is wrong with its parts.
  mutating func restore(
    _ manifest: CheckpointManifest, from folder: CheckpointFolder, requests: [InferenceRequest], tokens: [[Int]]
  ) throws(EncodingError) {
    stepIndex = manifest.step
    for part in order.parts(step: manifest.step) {
      guard let entry = manifest.parts[part] else { throw .truncated(part: part.description) }
      var reader = ByteReader(try folder.read(part, entry, limit: byteCount(of: part, requests: requests)))
      switch part {
      case .running(let kind): try restore(kind, from: &reader)
      case .cycle: try restoreCycle(from: &reader)
      case .pending: try restorePending(from: &reader)
      case .inference(let index): try restoreText(index, prompt: tokens[index], from: &reader)
      }
      try reader.finish()
    }
  }

  /// The bytes of a part, at most for a text.
  private func byteCount(of part: CheckpointPart, requests: [InferenceRequest]) -> Int {
    let sizes = recursion.sizes
    let positions = key.model.quantized.parameters.positions
    switch part {
    case .running(let kind):
      let lengths = recursion.verification.segmentLengths(of: kind)
      let elements = 2 * sizes.order.total + sizes.errorLog + sizes.layout.logSize + 4 + lengths.reduce(0, +)
      return 32 * elements
    case .cycle:
      return 32 * (5 + recursion.cycle.circuit.publicCount + recursion.cycle.shape.traceCount)
    case .pending:
      let place = order.place(of: stepIndex - 1)
      let lengths = recursion.verification.segmentLengths(of: place.kind)
      let state = PublicState<ScalarField>.count(
        inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
      let hidden = leavesState(place.kind) ? positions * key.model.configuration.hiddenSize : 0
      return 32 * (state + 2 * sizes.order.total + lengths[4]) + 8 * (lengths[0] + lengths[1] + lengths[3] + hidden)
    case .inference(let index):
      return 4 + 4 * requests[index].maxNewTokens + 8 * key.model.configuration.vocabularySize
    }
  }

  private func leavesState(_ kind: StepKind) -> Bool { kind == .embedding || kind == .layer }

  private mutating func restore(_ kind: StepKind, from reader: inout ByteReader) throws(EncodingError) {
    let sizes = recursion.sizes
    let commitments: [AffinePoint<PrimaryCurve>] = try reader.readPoints(sizes.order.total, "running commitments")
    let scalars: [ScalarField] = try reader.readElements(
      sizes.errorLog + sizes.layout.logSize + 4, "running scalars")
    let blinders: [ScalarField] = try reader.readElements(sizes.order.total, "blinders")
    var segments: [FieldVector<ScalarField>] = []
    for length in recursion.verification.segmentLengths(of: kind) {
      segments.append(try reader.readVector(length, "an opening"))
    }
    prover.restore(
      kind,
      RunningInstance(
        commitments: commitments,
        scalars: RunningScalars(list: scalars, errorLog: sizes.errorLog, claimLog: sizes.layout.logSize)),
      segments: segments, blinders: blinders)
  }

  private mutating func restoreCycle(from reader: inout ByteReader) throws(EncodingError) {
    let cycle = recursion.cycle
    let instance = SecondaryInstance(
      trace: try reader.readPoint("CycleFold's commitments"), error: try reader.readPoint("CycleFold's commitments"),
      u: try reader.readElement("CycleFold's scalars"),
      publics: try reader.readElements(cycle.circuit.publicCount, "CycleFold's scalars"))
    let blinders: (trace: BaseField, error: BaseField) = (
      try reader.readElement("blinders"), try reader.readElement("blinders")
    )
    prover.restore(
      cycle: instance, trace: try reader.readVector(cycle.shape.traceCount, "CycleFold's opening"), blinders: blinders)
  }

  private mutating func restorePending(from reader: inout ByteReader) throws(EncodingError) {
    let (sizes, place) = (recursion.sizes, order.place(of: stepIndex - 1))
    let circuit = recursion.circuits[place.kind.rawValue].step
    let inputChunks = sizes.order.input.count
    let state = PublicState<ScalarField>(
      list: try reader.readElements(
        PublicState<ScalarField>.count(inputChunks: inputChunks, claimLog: sizes.layout.logSize), "the public state"),
      inputChunks: inputChunks, claimLog: sizes.layout.logSize)
    let commitments: [AffinePoint<PrimaryCurve>] = try reader.readPoints(sizes.order.total, "a step's commitments")
    let blinders: [ScalarField] = try reader.readElements(sizes.order.total, "blinders")
    let lengths = recursion.verification.segmentLengths(of: place.kind)
    var entries: [SegmentEntries] = []
    for segment in 0..<4 {
      let isWeights = segment == 2
      entries.append(
        isWeights
          ? .int16(circuit.weights(of: key.model.quantized, layer: place.layer))
          : .int64(try reader.readIntegers(lengths[segment], "a step's integers")))
    }
    let trace: FieldVector<ScalarField> = try reader.readVector(lengths[4], "a step's trace")
    let states = key.model.quantized.parameters.positions * key.model.configuration.hiddenSize
    hidden = []
    for entry in try reader.readIntegers(leavesState(place.kind) ? states : 0, "the hidden state") {
      guard let entry = Int32(exactly: entry) else { throw .outOfRange(part: "the hidden state") }
      hidden.append(entry)
    }
    prover.pending = PendingStep(
      kind: place.kind, state: state,
      instance: FreshInstance(
        commitments: commitments, x: state.digest, claimPoint: state.claimPoint, claimValue: state.claimValue),
      witness: FreshWitness(entries: entries, trace: trace, blinders: blinders))
  }

  private mutating func restoreText(
    _ index: Int, prompt: [Int], from reader: inout ByteReader
  ) throws(EncodingError) {
    let vocabulary = key.model.configuration.vocabularySize
    var output: [Int] = []
    for _ in 0..<(try reader.readCount("the length of an output", in: 1...max(1, reader.remaining / 4))) {
      output.append(try reader.readCount("a token", in: 0...vocabulary - 1))
    }
    var logits: [Double] = []
    for _ in 0..<vocabulary { logits.append(Double(bitPattern: try reader.read("a logit"))) }
    texts[index] = Continuation(
      promptTokens: prompt, outputTokens: output, text: key.model.tokenizer.decode(output), finalLogits: logits)
  }
}
