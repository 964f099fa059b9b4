package import Algebra
import Circuits
package import ConstraintSystem
import Transcript

/// What a step's circuit hands on after folding its predecessor, before its own argument.
package struct CarriedState<Element: Sendable>: Sendable {
  /// The digest of the verification key.
  package var keyDigest: Element
  /// The number of steps, this one included.
  package var index: Element
  /// The weight chain.
  package var weightChain: Element
  /// What this step's input must equal.
  package var carriedOutput: [Element]
  /// The previous step's tokens digest.
  package var tokensDigest: Element
  /// The chain of finished inferences.
  package var statementChain: Element
  /// The digests of the running instances, the folded one replaced.
  package var runningDigests: [Element]
  /// The digest of the running CycleFold instance.
  package var cycleDigest: Element
}

/// The parts of a fresh instance's chunk coordinates (x mod r, y mod r each) by segment.
package struct ChunkCoordinates<Element: Sendable>: Sendable {
  /// All coordinates in chunk order.
  package let all: [Element]
  private let order: ChunkOrder

  /// Coordinates of all chunks, two each.
  package init(_ all: [Element], order: ChunkOrder) {
    precondition(all.count == 2 * order.total, "two coordinates a chunk")
    self.all = all
    self.order = order
  }

  /// X^.
  package var input: [Element] { slice(order.input) }
  /// Y^.
  package var output: [Element] { slice(order.output) }
  /// w^.
  package var weights: [Element] { slice(order.weights) }
  /// X^, Y^, w^, A^: what the binding digest covers.
  package var bound: [Element] { slice(0..<order.trace.lowerBound) }

  private func slice(_ chunks: Range<Int>) -> [Element] {
    Array(all[(2 * chunks.lowerBound)..<(2 * chunks.upperBound)])
  }
}

/// The rules of section 6 a to d that do not depend on the curve: one text for circuits and the final verifier.
package struct StateTransition: Sendable {
  /// The sizes of the key.
  package let sizes: RecursionSizes

  /// The rules for given sizes.
  package init(sizes: RecursionSizes) {
    self.sizes = sizes
  }

  /// b = H("binding"; key, kind, tokens digest, X^, Y^, w^, A^).
  package func binding<World: Arithmetic>(
    key: World.Element, kind: World.Element, tokens: World.Element, chunks: [World.Element], in world: inout World
  ) throws -> World.Element where World.Field == ScalarField {
    try world.hash("binding", [key, kind, tokens] + chunks)
  }

  /// Checks the previous step's binding digest and input link, and advances chains.
  /// - Parameters:
  ///   - previous: the previous step's public state.
  ///   - coordinates: the coordinates of the previous instance's actual commitments.
  ///   - head: whether the folded step is a Head, a constant of the circuit: it closes an inference.
  /// - Returns: the state with `runningDigests`, `cycleDigest` not yet replaced.
  package func advance<World: Arithmetic>(
    from previous: PublicState<World.Element>, coordinates: ChunkCoordinates<World.Element>, closing head: Bool,
    in world: inout World
  ) throws -> CarriedState<World.Element> where World.Field == ScalarField {
    world.enter("transition")
    defer { world.leave() }
    let expected = try binding(
      key: previous.keyDigest, kind: previous.phase, tokens: previous.tokensDigest, chunks: coordinates.bound,
      in: &world)
    try world.requireEqual(previous.binding, expected, "binding digest of the folded step")
    precondition(
      previous.carriedOutput.count == coordinates.input.count
        && previous.runningDigests.count == StepKind.allCases.count,
      "a state of as many input chunks and kinds as the key has")
    for (carried, actual) in zip(previous.carriedOutput, coordinates.input) {
      try world.requireEqual(carried, actual, "input of the folded step is the output before it")
    }
    let chain = try world.hash("weights", [previous.weightChain, previous.phase] + coordinates.weights)
    let statement =
      head
      ? try world.hash("statement", [previous.statementChain, chain, previous.tokensDigest]) : previous.statementChain
    return CarriedState(
      keyDigest: previous.keyDigest,
      index: previous.index + world.constant(.one),
      weightChain: head ? .zero : chain,
      carriedOutput: head ? sizes.absentCoordinates.map { world.constant($0) } : coordinates.output,
      tokensDigest: previous.tokensDigest,
      statementChain: statement,
      runningDigests: previous.runningDigests,
      cycleDigest: previous.cycleDigest)
  }
}
