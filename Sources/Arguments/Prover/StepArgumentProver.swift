package import Algebra
import Transcript

/// The prover of the step argument: makes the messages that `StepArgumentVerifier` reads.
package struct StepArgumentProver: Sendable {
  /// The compiled statement.
  let plan: StepArgumentPlan

  /// A prover of one kind of step.
  package init(_ plan: StepArgumentPlan) { self.plan = plan }

  /// Proves a step.
  ///
  /// - Parameters:
  ///   - data: the integers; if the statement is not true of them the messages are made all the same, and do not verify
  /// or
  ///     leave a false claim.
  ///   - binding: the element that binds everything committed before the argument.
  ///   - selectors: the selected index of each real row, by selector.
  /// - Throws: `zeroDenominator` with probability below 2^-220 over the challenges.
  package func prove(
    _ data: StepData, binding: ScalarField, selectors: [String: [Int]] = [:]
  ) throws(ArgumentError) -> StepArgumentProof {
    for (name, selector) in plan.statement.selectors {
      precondition(
        selectors[name]?.count == selector.rows.size, "One selected index per real row for every selector.")
    }
    var state = ProverState(plan, data, selectors: selectors, binding: binding)
    try state.proveLookups()
    state.proveRelations()
    state.proveProducts()
    let value = state.reduceClaims()
    return StepArgumentProof(messages: state.messages, point: state.opening, value: value)
  }
}

/// What the prover of a step sends, and what remains to be proved.
package struct StepArgumentProof: Sendable, Equatable {
  /// The messages, in the order the verifier reads them.
  package var messages: [ScalarField]
  /// The point rho.
  package let point: [ScalarField]
  /// The value Q~(rho).
  package let value: ScalarField
}

/// What the prover knows so far.
struct ProverState {
  /// What is proved.
  let plan: StepArgumentPlan
  /// The integers.
  let data: StepData
  /// The selected index of each real row, by selector.
  let selectors: [String: [Int]]
  /// The messages so far.
  private(set) var messages: [ScalarField] = []
  /// The transcript.
  private var transcript: PoseidonSponge
  /// The leaf point, the pool, the point of the product sumcheck and rho, as far as they are known.
  var leaf: [ScalarField] = [], pool: [ScalarField] = [], product: [ScalarField] = [], opening: [ScalarField] = []
  /// The claimed values, in the order of the plan's claims, as far as they are known.
  var values: [ScalarField] = []

  /// The state before the first message.
  init(_ plan: StepArgumentPlan, _ data: StepData, selectors: [String: [Int]], binding: ScalarField) {
    self.plan = plan
    self.data = data
    self.selectors = selectors
    transcript = PoseidonSponge(tag: StepArgumentPlan.transcriptTag)
    transcript.absorb([binding])
  }

  /// Appends messages and absorbs them as one list; an empty one is not absorbed.
  mutating func send(_ list: [ScalarField]) {
    guard !list.isEmpty else { return }
    messages += list
    transcript.absorb(list)
  }

  /// Appends a message that nothing follows.
  mutating func sendLast(_ message: ScalarField) { messages.append(message) }

  /// The next challenge.
  mutating func challenge() -> ScalarField { transcript.squeeze() }

  /// The value of a coordinate, nil where there is none.
  subscript(_ coordinate: Coordinate) -> ScalarField? {
    switch coordinate {
    case .leaf(let index): leaf[index]
    case .pool(let index): pool[index]
    case .product(let index): product[index]
    case .opening(let index): opening[index]
    case .all: nil
    }
  }

  /// The values of the coordinates of a point, nil where there are none.
  subscript(_ point: [Coordinate]) -> [ScalarField?] { point.map { self[$0] } }

  /// Sends the values of the next claims.
  mutating func sendClaims(_ values: [ScalarField]) {
    self.values += values
    send(values)
  }

  /// A claim's value on the data.
  func value(of claim: Claim) -> ScalarField {
    let reader = TensorReader(claim.block, in: data)
    switch claim.special {
    case nil: return reader.evaluate(weights: self[claim.point])
    case .rotation(let rotation):
      let weights = self.weights(of: claim, rotation)
      return reader.dot(weights.base, start: 0, count: weights.count)
    case .selection(let selection):
      var sum = ScalarField.zero
      forSelected(claim, selection) { weights, starts in
        for (index, start) in starts.enumerated() {
          sum += weights[index] * reader.withIntegers(start..<start + 1) { ScalarField($0[0]) }
        }
      }
      return sum
    }
  }

  /// Steps 5 and 6: the pool of coordinates, the claims of relations and results.
  mutating func proveRelations() {
    var power = challenge()
    for _ in 0..<plan.poolSize {
      pool.append(power)
      power = power.squared()
    }
    sendClaims(plan.claims[plan.poolClaims].map(value))
  }
}
