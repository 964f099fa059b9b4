import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Model
import Testing

/// False steps, proved by a prover that goes through the argument honestly with false integers. Each is refused by exactly the
/// check its falsehood belongs to, and the claim it ends with is true of its integers: without that check it would pass.
@Suite struct CheatingStepTests {
  /// The argument's three checks of statements, and the statement each is left with when it is the only one.
  private enum Check: String, CaseIterable {
    case lookups = "fractions of one layer"
    case relations = "linear relation"
    case products = "products at the point of the sumcheck"

    func part(of statement: StepStatement) -> StepStatement {
      var part = statement
      if self != .lookups { (part.lookups, part.zeros) = ([], []) }
      if self != .relations { part.relations = [] }
      if self != .products { part.products = [] }
      return part
    }
  }

  let inference: Inference

  init() throws {
    inference = try Inference.random(ModelSamples.configuration(), positions: 4, digitBits: 12, seed: 20)
  }

  /// The checks that must refuse these integers, by the definitions, each part of the statement apart.
  private func expected(_ run: StepRun) -> Set<String> {
    let statement = run.plan.statement
    let selectors = run.inference.selectors(run.kind, run.values)
    return Set(
      Check.allCases.filter { check in
        var part = StatementChecker(check.part(of: statement), data: run.data, selectors: selectors)
        if check != .lookups {
          // Without lookups the honest multiplicities are zeros.
          var values = run.values
          let tensor = statement.multiplicities
          for index in 0..<tensor.count { values.values[tensor.offset + index] = 0 }
          part = StatementChecker(
            check.part(of: statement), data: values.data(tables: statement.tables), selectors: selectors)
        }
        return (try? part.check()) == nil
      }.map(\.rawValue))
  }

  /// The checks that refuse what an otherwise honest prover sends, and whether the final claim is true of its integers.
  private func outcome(_ run: StepRun) throws -> (violations: Set<String>, claimHolds: Bool) {
    var world = CollectingArithmetic(messages: try run.prove().messages)
    let (point, value) = try StepArgumentVerifier(run.plan).verify(
      in: &world, binding: run.binding, selectors: run.selectorBits { $0 })
    return (world.violations, run.evaluateQ(at: point) == value)
  }

  /// A step with false integers; lookups are counted where all inputs are in their tables, else as in the honest step.
  private func cheat(_ kind: StepKind, _ change: (inout StepValues) -> Void) throws -> StepRun {
    var run = try StepRun(inference, kind, chunkLog: 10)
    change(&run.values)
    var counted = run.values
    if (try? inference[kind].countLookups(in: &counted)) != nil { run.values = counted }
    return run
  }

  private func expectRefused(
    _ what: String, _ kind: StepKind, by checks: Set<String>? = nil, _ change: (inout StepValues) -> Void
  ) throws {
    let run = try cheat(kind, change)
    let (violations, claimHolds) = try outcome(run)
    #expect(!violations.isEmpty && violations == expected(run), "\(what)")
    if let checks { #expect(violations == checks, "\(what)") }
    #expect(claimHolds, "\(what)")
  }

  @Test(arguments: StepKind.allCases) func honestStepsViolateNothing(kind: StepKind) throws {
    let run = try cheat(kind) { _ in }
    let (violations, claimHolds) = try outcome(run)
    #expect(violations.isEmpty && expected(run).isEmpty && claimHolds)
  }

  /// One integer of every tensor of every operation.
  @Test(arguments: StepKind.allCases) func anotherActivationOrWeightInEveryOperation(kind: StepKind) throws {
    for tensor in inference[kind].tensors where !["limbs", "multiplicities"].contains(tensor.name) {
      if tensor.name == "tokens", kind == .head { continue }
      // Rows of the embedding that no token chose mean nothing; at key 0 every query looks.
      let place = tensor.name == "embedding" ? inference.tokens[0] << tensor.axes[1].logSize : 0
      try expectRefused("\(kind) \(tensor.name)", kind) { $0.add(1, to: tensor, at: place) }
    }
  }

  @Test func multiplicitiesThatDoNotCount() throws {
    var run = try StepRun(inference, .layer, chunkLog: 10)
    run.values.add(1, to: inference[.layer].statement.multiplicities, at: 3)
    let (violations, claimHolds) = try outcome(run)
    #expect(violations == [Check.lookups.rawValue] && claimHolds)
  }

  /// A rounded number one higher or lower, its remainder moved out of range to match.
  @Test(arguments: ["attention norm", "query", "key", "value", "attended", "gate", "up", "hidden", "state"])
  func neighbourOfARoundedNumber(name: String) throws {
    let parameters = inference.model.parameters
    let shift =
      switch name {
      case "query": parameters.queryShift
      case "key": parameters.keyShift
      case "value": parameters.valueShift
      case "attended": 46
      case "gate": parameters.gateShift
      case "up": parameters.upShift
      case "hidden": parameters.hiddenShift
      case "state": parameters.downShift
      default: 32
      }
    // "gate", "query" and so on are read elsewhere; the remainder keeps the number's own product true.
    let circuit = inference[.layer]
    let place = circuit.digits(name)[0].realPlaces[5]
    let run = try cheat(.layer) { values in
      circuit.update(name, at: place, in: &values) { $0 + 1 }
      circuit.update("\(name) remainder", at: place, in: &values) { $0 - 1 << Int128(shift) }
    }
    let (violations, claimHolds) = try outcome(run)
    #expect(violations == expected(run) && violations.contains(Check.lookups.rawValue) && claimHolds)
  }

  /// The exponential of a later position.
  @Test func attentionToALaterPosition() throws {
    let tensor = inference[.layer].tensor("exponential")
    try expectRefused("key 2 for query 1", .layer, by: [Check.products.rawValue]) { values in
      // The same weight at another key: the row's sum stays, and with it the reciprocal.
      let query = tensor.offset + 4
      values.values[query + 2] = values.values[query + 1]
      values.values[query + 1] = 0
    }
  }

  /// A row's maximum one higher, with differences and exponentials to match: no difference is zero.
  @Test func anotherMaximum() throws {
    let circuit = inference[.layer]
    let tables = inference.parameters.functions
    let run = try cheat(.layer) { values in
      circuit.update("maximum", at: 3, in: &values) { $0 + 1 }
      for key in 12..<16 {
        func entry(_ name: String) -> Int { circuit.tensor(name).offset + key }
        let difference = values.values[entry("difference low")] + values.values[entry("difference high")] << 10 + 1
        values.values[entry("difference low")] = difference & 1023
        values.values[entry("difference high")] = difference >> 10
        let low = Int64(tables.exponentialLow[Int(difference & 1023)])
        let high = Int64(tables.exponentialHigh[Int(difference >> 10)])
        values.values[entry("exponential low")] = low
        values.values[entry("exponential high")] = high
        values.values[entry("exponential")] = low * high
      }
    }
    let (violations, claimHolds) = try outcome(run)
    #expect(violations == expected(run) && violations.contains(Check.lookups.rawValue) && claimHolds)
  }

  /// Another winner with its own gaps, of which one is negative; or with the gaps of the best, of which its own is not zero.
  @Test func anotherToken() throws {
    let circuit = inference[.head]
    let (position, entries) = (1, 37)
    let logits = inference.head.logits(at: position)
    let best = Int(inference.head.winner[position])
    let winner = best == 0 ? 1 : 0
    func change(_ values: inout StepValues, largest: Int64) {
      values.values[circuit.tensor("winner").offset + position] = Int64(winner)
      values.values[circuit.tensor("largest logit").offset + position] = largest
      for entry in 0..<64 {
        let logit = entry < entries ? logits[entry] : 0
        circuit.update("gap", at: position * 64 + entry, in: &values) { _ in
          Int128(largest - logit) - (entry < winner ? 1 : 0)
        }
      }
    }
    try expectRefused("its own gaps", .head, by: [Check.lookups.rawValue]) { change(&$0, largest: logits[winner]) }
    try expectRefused("the best one's gaps", .head, by: [Check.relations.rawValue]) {
      change(&$0, largest: logits[best])
    }
    // The embedding of another token.
    let embedding = inference[.embedding]
    try expectRefused("another row", .embedding, by: [Check.relations.rawValue]) { values in
      let tokens = embedding.tensor("tokens")
      values.values[tokens.offset] = (values.values[tokens.offset] + 1) % 37
    }
  }

  /// A weight that was not committed, in every matrix of a layer and in the head.
  @Test func anotherWeight() throws {
    for (kind, names) in [
      (
        StepKind.layer,
        [
          "query weights", "key weights", "value weights", "output weights", "gate weights", "up weights",
          "down weights",
        ]
      ), (.head, ["head weights"]),
    ] {
      for name in names {
        try expectRefused(name, kind, by: [Check.products.rawValue]) {
          $0.add(1, to: inference[kind].tensor(name), at: 0)
        }
      }
    }
  }
}
