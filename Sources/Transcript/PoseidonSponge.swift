package import Algebra

/// The Fiat-Shamir transcript that circuits compute too: a duplex sponge of width 3 and rate 2.
///
/// Lane 2 is the capacity: it starts as the tag, and every absorption adds the number of elements absorbed to it. More
/// than two elements at once are absorbed as their hash, which has their length inside.
@usableFromInline package struct PoseidonSponge: Sendable {
  private var state: [ScalarField]
  /// How many lanes of the current state have been squeezed; 2 asks for a permutation first.
  private var squeezed = 2

  /// A transcript that goes on where another one, of any world, stands: its three lanes, and how many of them have been
  /// squeezed since they were last permuted (2 when none may be).
  package init(state: [ScalarField], squeezed: Int) {
    precondition(state.count == 3 && (0...2).contains(squeezed), "Three lanes, of which two can be squeezed.")
    self.state = state
    self.squeezed = squeezed
  }

  /// The tag under which lists longer than two are hashed.
  @usableFromInline package static let listTag: Tag = "list"

  /// A transcript for one use.
  package init(tag: Tag) { state = [.zero, .zero, tag.element] }

  /// Takes in one or more elements.
  package mutating func absorb(_ elements: [ScalarField]) {
    precondition(!elements.isEmpty, "An absorption has at least one element.")
    guard elements.count <= 2 else {
      absorb([PoseidonHash.hash(tag: Self.listTag, elements)])
      return
    }
    state[2] += ScalarField(UInt64(elements.count))
    for (lane, element) in elements.enumerated() { state[lane] += element }
    Poseidon2.width3.permute(&state)
    squeezed = 0
  }

  /// The next challenge.
  package mutating func squeeze() -> ScalarField {
    if squeezed == 2 {
      Poseidon2.width3.permute(&state)
      squeezed = 0
    }
    squeezed += 1
    return state[squeezed - 1]
  }

  /// The next `count` challenges in order.
  package mutating func squeeze(count: Int) -> [ScalarField] { (0..<count).map { _ in squeeze() } }

  /// The next challenge's low 128 bits, from its canonical representative.
  package mutating func squeezeShort() -> ScalarField {
    let limbs = squeeze().canonicalLimbs
    return ScalarField(reducing: (limbs.0, limbs.1, 0, 0))
  }
}
