/// A generator that begins with zeros: what asks it for numbers other than zero has to ask again.
package struct ZerosFirst: RandomNumberGenerator {
  private var count: Int
  private var random: SeededGenerator

  /// `count` zeros, then numbers from a seed.
  package init(count: Int, seed: UInt64) {
    self.count = count
    random = SeededGenerator(seed: seed)
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    count -= 1
    return count >= 0 ? 0 : random.next()
  }
}
