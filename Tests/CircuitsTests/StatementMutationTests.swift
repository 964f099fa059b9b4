import Algebra
import Arguments
import Circuits
import Foundation
import Model
import Support
import Testing

/// Requirements of every statement left out or altered: for each there is a false step that nothing else refuses, or the honest one
/// is refused. And every number of a step is unique, all that follows from it being recomputed.
@Suite struct StatementMutationTests {
  /// A model whose steps are mutated.
  enum Sample: String, CaseIterable {
    case sixteenBits = "16-bit"
    case ternary
    /// Of 16 bits, with biases in all projections of attention, which are in layers only.
    case biased

    var configuration: ModelConfiguration {
      switch self {
      case .sixteenBits: ModelSamples.configuration()
      case .ternary: ModelSamples.configuration(ternary: .multiplying)
      case .biased: ModelSamples.configuration(biases: .all)
      }
    }
  }

  /// Whether steps of this kind are mutated in this run.
  private static func isTried(_ kind: StepKind, _ sample: Sample) -> Bool {
    kind == .layer ? isLong : sample != .biased
  }

  private static let isLong = ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"

  private func corpus(_ kind: StepKind, _ sample: Sample) throws -> StatementCorpus {
    let isTernary = sample == .ternary
    let inference = try Inference.random(
      sample.configuration, positions: 4, digitBits: isTernary ? 16 : 12, seed: 60)
    let model = inference.model
    func zeros(_ matrix: WeightMatrix) -> WeightMatrix {
      let values = [Int16](repeating: 0, count: matrix.rows * matrix.columns)
      return WeightMatrix(rows: matrix.rows, columns: matrix.columns, values: values)
    }
    func projection(_ matrix: WeightMatrix) -> WeightMatrix {
      let values = [Int16](repeating: 0, count: matrix.rows * matrix.columns)
      return isTernary
        ? WeightMatrix(rows: matrix.rows, columns: matrix.columns, ternary: TernaryWeights(values)) : zeros(matrix)
    }
    let layers = model.layers.map {
      LayerWeights(
        query: projection($0.query), key: projection($0.key), value: projection($0.value),
        output: projection($0.output), gate: projection($0.gate), up: projection($0.up), down: projection($0.down),
        ternary: $0.ternary, biases: $0.biases.map { $0.map { $0.map { _ in 0 } } })
    }
    let silent = try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: model.embedding, layers: layers,
      head: zeros(model.head))
    return try StatementCorpus(inference, silent: Inference(silent, text: [inference.tokens[0]]), kind)
  }

  @Test(
    "Oracle: what follows from hidden states, weights and tokens is the honest step", arguments: StepKind.allCases,
    Sample.allCases)
  func honestStepsAreRecomputed(kind: StepKind, sample: Sample) throws {
    let corpus = try corpus(kind, sample)
    var fill = corpus.honest
    fill.fill()
    #expect(fill.data.differences(from: corpus.honest.data).isEmpty)
    #expect(fill.data.violations(of: corpus.inference[kind].statement).isEmpty)
  }

  @Test(
    "Rejects: for every requirement left out or altered there is a step that only the full statement refuses",
    arguments: StepKind.allCases, Sample.allCases)
  func leftOutOrAltered(kind: StepKind, sample: Sample) throws {
    guard Self.isTried(kind, sample) else { return }
    let corpus = try corpus(kind, sample)
    let circuit = corpus.inference[kind]
    let statement = circuit.statement
    var (generator, digits) = (SeededGenerator(seed: 61), SeededGenerator(seed: 64))
    var roots = SeededGenerator(seed: 65)
    let parts = statement.parts
    let all = StatementAlteration.all(of: statement, tensors: circuit.tensors)
    let trueSteps = corpus.trueSteps(using: &generator)
    // An altered requirement that refuses a true step is noticed by whoever proves one.
    let quiet = all.filter { alteration in
      trueSteps.allSatisfy { $0.data.violations(of: alteration.statement).isEmpty }
    }
    let readers = StatementReaders(statement)
    // The last true step: what a step has in common with it need not be looked at again.
    var known = corpus.honest.data
    #expect(known.violations(of: statement).isEmpty)
    var (steps, noticed, open) = (0, Set<StatementPart>(), Dictionary(grouping: quiet, by: \.part))
    func judge(_ data: StatementEntries) {
      steps += 1
      let changed = data.selectors == known.selectors ? readers.readers(of: data.differences(from: known)) : nil
      let violated = data.violations(of: statement, atLeast: 2, among: changed)
      if violated.isEmpty {
        known = data
        open = open.mapValues { $0.filter { data.violations(of: $0.statement).isEmpty } }
      }
      guard violated.count == 1, let part = violated.first else { return }
      noticed.insert(part)
      open[part]?.removeAll { data.violations(of: $0.statement).isEmpty }
    }
    corpus.singleChanges(4, using: &generator, judge)
    corpus.neighbours(4, using: &generator) { judge($2) }
    corpus.otherNumbers(using: &generator, judge)
    for step in trueSteps { corpus.otherDigits(of: step, using: &generator, judge) }
    if kind == .layer || kind == .head {
      corpus.fractions(judge)
      corpus.overflows(judge)
    }
    // Of true ones close to the end of a range other digits, too.
    var trueExtremes = 0
    func judge(_ step: StatementFill, digitsOfEvery share: Int) {
      judge(step.data)
      guard step.data.violations(of: statement, atLeast: 1).isEmpty else { return }
      trueExtremes += 1
      if trueExtremes % share == 0 { corpus.otherDigits(of: step, places: 1, using: &digits, judge) }
    }
    corpus.extremes(using: &generator) { judge($0, digitsOfEvery: kind == .head ? 2 : 32) }
    corpus.norms(using: &generator) { judge($0, digitsOfEvery: 4) }
    corpus.rootsAndSlacks(using: &roots, judge)
    corpus.jointChanges(using: &generator) { judge($0.data) }
    // What follows from the altered statement.
    for alteration in open.values.flatMap(\.self) {
      if case .zero(let place) = alteration.part {
        let altered = alteration.applied(to: statement)
        corpus.largestChanges(of: altered, zero: place, using: &generator) { judge($0.data) }
      }
      if case .product(let place) = alteration.part {
        corpus.smallerRoots(of: alteration.applied(to: statement), statement.products[place].name) { judge($0.data) }
      }
      for var fill in trueSteps {
        fill.statement = alteration.applied(to: statement)
        fill.fill()
        judge(fill.data)
      }
    }
    let text = "\(kind), \(sample.rawValue)"
    var reasons: [EquivalentRequirement: Int] = [:]
    func survives(_ part: StatementPart, _ change: String) {
      let name = statement.name(of: part)
      if let reason = EquivalentRequirement.reason(for: name, change, in: corpus) {
        reasons[reason, default: 0] += 1
      } else {
        Issue.record("\(text): \(name), \(change)")
      }
    }
    let leftOut = parts.filter { !noticed.contains($0) }
    for part in leftOut { survives(part, "left out") }
    let altered = open.values.flatMap(\.self)
    for alteration in altered { survives(alteration.part, alteration.name) }
    print(
      "\(text): \(parts.count) left out, \(leftOut.count) survive; \(all.count) altered, \(altered.count) survive;",
      "\(reasons); \(steps) steps")
  }

  @Test(
    "Rejects: any number that is not what it should be, all that follows being recomputed",
    arguments: StepKind.allCases, Sample.allCases)
  func everyNumberIsUnique(kind: StepKind, sample: Sample) throws {
    guard kind == .layer || sample != .biased else { return }
    let corpus = try corpus(kind, sample)
    let statement = corpus.inference[kind].statement
    let honest = corpus.honest.data.gathered
    var generator = SeededGenerator(seed: 62)
    corpus.neighbours(Self.isLong ? 8 : 1, using: &generator) { tensor, place, data in
      guard !isFree(tensor, place), data.gathered != honest else { return }
      #expect(!data.violations(of: statement).isEmpty, "\(tensor.name)[\(place)] = \(data[tensor, place].integer)")
    }
  }

  /// Free and harmless: at key > query what the exponential, 0 there, is not made of.
  private func isFree(_ tensor: Tensor, _ place: Int) -> Bool {
    guard tensor.axes.count == 4, tensor.axes[3].name == "key", tensor.name != "exponential",
      tensor.name != "zero count"
    else { return false }
    let width = tensor.axes[3].logSize
    return place & (1 << width - 1) > place >> width & (1 << width - 1)
  }
}

extension StepStatement {
  /// All requirements.
  fileprivate var parts: [StatementPart] {
    lookups.indices.map { .lookup($0) } + zeros.indices.map { .zero($0) } + products.indices.map { .product($0) }
      + relations.indices.map { .relation($0) }
  }

  /// How people call a requirement.
  fileprivate func name(of part: StatementPart) -> String {
    switch part {
    case .lookup(let place):
      let lookup = lookups[place]
      let terms = lookup.input.terms.map { "\($0.factor.integer) \($0.tensor.name)" }.joined(separator: " + ")
      return "lookup of \(terms) in \(lookup.table)"
    case .zero(let place): return "zero in row of \(zeros[place].values.label)"
    case .product(let place): return "product \(products[place].name)"
    case .relation(let place): return "relation \(relations[place].name)"
    }
  }
}
