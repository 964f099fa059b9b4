public import Algebra
public import Transcript

extension Arithmetic where Field == ScalarField {
  /// H(tag; elements), the same value as `PoseidonHash.hash`; 363 rows for every 7 elements, the length included.
  @_specialize(where Self == WitnessBuilder<ScalarField>)
  @_specialize(where Self == NativeArithmetic<ScalarField>)
  @inlinable package mutating func hash(_ tag: Tag, _ elements: [Element]) throws -> Element {
    enter("hash")
    defer { leave() }
    let permutation = Poseidon2.width8
    let rate = PoseidonHash.rate
    var state = [Element](repeating: .zero, count: permutation.width)
    state[rate] = constant(tag.element)
    state[0] = constant(ScalarField(UInt64(elements.count)))
    var lane = 1
    for element in elements {
      if lane == rate {
        permute(&state, by: permutation)
        lane = 0
      }
      state[lane] = state[lane] + element
      lane += 1
    }
    permute(&state, by: permutation)
    return state[0]
  }
}

/// The Fiat-Shamir transcript of verifiers, in any world: the same values as `PoseidonSponge`.
@usableFromInline package struct SpongeTranscript<World: Arithmetic>: Sendable where World.Field == ScalarField {
  @usableFromInline var state: [World.Element]
  /// How many lanes of the current state have been squeezed; 2 asks for a permutation first.
  @usableFromInline var squeezed = 2

  /// A transcript for one use.
  @inlinable package init(tag: Tag, in world: inout World) {
    state = [.zero, .zero, world.constant(tag.element)]
  }

  /// Takes in one or more elements: 240 rows for one or two, and a hash more for a longer list.
  @inlinable package mutating func absorb(_ elements: [World.Element], in world: inout World) throws {
    precondition(!elements.isEmpty, "An absorption has at least one element.")
    guard elements.count <= 2 else {
      let digest = try world.hash(PoseidonSponge.listTag, elements)
      try absorb([digest], in: &world)
      return
    }
    state[2] = state[2] + world.constant(ScalarField(UInt64(elements.count)))
    for (lane, element) in elements.enumerated() { state[lane] = state[lane] + element }
    permute(in: &world)
  }

  /// The next challenge; 240 rows when the state is used up.
  @inlinable package mutating func squeeze(in world: inout World) throws -> World.Element {
    if squeezed == 2 { permute(in: &world) }
    squeezed += 1
    return state[squeezed - 1]
  }

  /// The next `count` challenges in order.
  @inlinable package mutating func squeeze(count: Int, in world: inout World) throws -> [World.Element] {
    var challenges: [World.Element] = []
    for _ in 0..<count { challenges.append(try squeeze(in: &world)) }
    return challenges
  }

  /// The low 128 bits of the next challenge's canonical representative, as an element and as bits, least significant
  /// first; the rows of `canonicalBits` beside those of `squeeze`.
  @inlinable package mutating func squeezeShort(
    in world: inout World
  ) throws -> (element: World.Element, bits: [World.Element]) {
    let challenge = try squeeze(in: &world)
    let bits = Array(try world.canonicalBits(of: challenge)[..<128])
    return (element: World.packed(bits), bits: bits)
  }

  @inlinable mutating func permute(in world: inout World) {
    world.enter("sponge")
    world.permute(&state, by: .width3)
    world.leave()
    squeezed = 0
  }
}

extension SpongeTranscript where World == NativeArithmetic<ScalarField> {
  /// The transcript that goes on from here outside verifiers.
  package var native: PoseidonSponge { PoseidonSponge(state: state, squeezed: squeezed) }
}
