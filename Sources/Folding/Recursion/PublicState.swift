import Circuits

/// The preimage of a step's one public input x: everything one step hands to the next.
package struct PublicState<Element: Sendable>: Sendable {
  /// The digest of the verification key, equal at every step.
  package var keyDigest: Element
  /// The number of steps so far, this one included.
  package var index: Element
  /// The kind of the step that emits this state.
  package var phase: Element
  /// The chain over the weight commitments of the folded steps of this inference.
  package var weightChain: Element
  /// Coordinates mod r of the chunks the emitting step's input must equal.
  package var carriedOutput: [Element]
  /// The digest of this inference's tokens.
  package var tokensDigest: Element
  /// The chain over finished inferences: (weight chain, tokens digest) each.
  package var statementChain: Element
  /// The digests of the running instances, by kind.
  package var runningDigests: [Element]
  /// The digest of the running CycleFold instance.
  package var cycleDigest: Element
  /// The binding digest b of the emitting step.
  package var binding: Element
  /// rho of the emitting step.
  package var claimPoint: [Element]
  /// v of the emitting step.
  package var claimValue: Element

  /// The number of elements for given shapes.
  package static func count(inputChunks: Int, claimLog: Int) -> Int {
    2 * inputChunks + claimLog + StepKind.allCases.count + 9
  }

  /// All elements in the order they are hashed and written.
  package var list: [Element] {
    [keyDigest, index, phase, weightChain] + carriedOutput + [tokensDigest, statementChain] + runningDigests
      + [cycleDigest, binding] + claimPoint + [claimValue]
  }

  /// A state from a list in the order of `list`.
  package init(list: [Element], inputChunks: Int, claimLog: Int) {
    precondition(
      list.count == Self.count(inputChunks: inputChunks, claimLog: claimLog), "a state has a fixed number of elements")
    let kinds = StepKind.allCases.count
    let rest = 4 + 2 * inputChunks
    keyDigest = list[0]
    index = list[1]
    phase = list[2]
    weightChain = list[3]
    carriedOutput = Array(list[4..<rest])
    tokensDigest = list[rest]
    statementChain = list[rest + 1]
    runningDigests = Array(list[(rest + 2)..<(rest + 2 + kinds)])
    cycleDigest = list[rest + 2 + kinds]
    binding = list[rest + 3 + kinds]
    claimPoint = Array(list[(rest + 4 + kinds)..<(rest + 4 + kinds + claimLog)])
    claimValue = list[rest + 4 + kinds + claimLog]
  }
}

extension PublicState: Equatable where Element: Equatable {}
