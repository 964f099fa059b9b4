import Algebra
import ConstraintSystem
import Support
import Testing
import Transcript

private struct Permutation: Gadget {
  let permutation: Poseidon2

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    var state = try world.messages(permutation.width)
    world.permute(&state, by: permutation)
    return state
  }
}

private struct Hash: Gadget {
  let count: Int

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let list = try world.messages(count)
    return [try world.hash("running", list)]
  }
}

/// Absorbs lists of the given lengths and squeezes after each as often as told; a negative number is a short squeeze.
private struct Conversation: Gadget {
  let steps: [(absorb: Int, squeeze: Int)]

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    var transcript = SpongeTranscript<World>(tag: "fold", in: &world)
    var outputs: [World.Element] = []
    for step in steps {
      if step.absorb > 0 { try transcript.absorb(world.messages(step.absorb), in: &world) }
      if step.squeeze < 0 {
        outputs.append(try transcript.squeezeShort(in: &world).element)
      } else {
        outputs += try transcript.squeeze(count: step.squeeze, in: &world)
      }
    }
    return outputs
  }

  func native(_ messages: [ScalarField]) -> [ScalarField] {
    var transcript = PoseidonSponge(tag: "fold")
    var outputs: [ScalarField] = []
    var rest = messages[...]
    for step in steps {
      if step.absorb > 0 { transcript.absorb(Array(rest.prefix(step.absorb))) }
      rest = rest.dropFirst(step.absorb)
      outputs += step.squeeze < 0 ? [transcript.squeezeShort()] : transcript.squeeze(count: step.squeeze)
    }
    return outputs
  }
}

@Suite("Poseidon2 in circuits")
struct PoseidonGadgetTests {
  @Test("Oracle: permutations, their rows, and every change to a variable")
  func oraclePermutation() throws {
    for (permutation, rows) in [(Poseidon2.width3, 240), (.width4, 264), (.width8, 363)] {
      var state = randomElements(permutation.width, seed: 1)
      let filled = try FilledGadget(Permutation(permutation: permutation), messages: state)
      permutation.permute(&state)
      #expect(filled.outputs == state)
      #expect(filled.violation() == nil)
      #expect(filled.shape.rowCount == rows && permutation.rowCount == rows)
      #expect(filled.survivors() == [])
      print("Poseidon2 t = \(permutation.width): \(rows) rows, \(filled.shape.entryCount) entries")
    }
  }

  @Test("Oracle: hashes of every length up to three blocks")
  func oracleHash() throws {
    for count in 0...21 {
      let list = randomElements(count, seed: UInt64(count))
      let filled = try FilledGadget(Hash(count: count), messages: list)
      #expect(filled.outputs == [PoseidonHash.hash(tag: "running", list)])
      #expect(filled.violation() == nil)
      #expect(filled.shape.rowCount == 363 * PoseidonHash.permutations(count: count))
      if count == 8 { #expect(filled.survivors() == []) }
    }
  }

  @Test("Oracle: transcripts of random lengths, in circuits and natively")
  func oracleTranscript() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<20 {
      let steps = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        (absorb: Int.random(in: 0...9, using: &generator), squeeze: Int.random(in: -1...4, using: &generator))
      }
      let conversation = Conversation(steps: steps)
      let messages = randomElements(steps.reduce(0) { $0 + $1.absorb }, seed: UInt64(round))
      let filled = try FilledGadget(conversation, messages: messages)
      #expect(filled.outputs == conversation.native(messages))
      #expect(filled.violation() == nil)
      var native = NativeArithmetic<ScalarField>(messages: messages)
      var transcript = SpongeTranscript<NativeArithmetic<ScalarField>>(tag: "fold", in: &native)
      if steps[0].absorb > 0 { try transcript.absorb(native.messages(steps[0].absorb), in: &native) }
      var outside = transcript.native
      #expect(try outside.squeeze() == transcript.squeeze(in: &native))
    }
  }
}
