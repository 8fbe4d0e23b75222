# %% [markdown]
# # Convolutional networks, hands on
#
# Ten lessons, from one small kernel on one picture to networks with a hundred layers. You predict, run, break and
# repair them yourself, on an ordinary laptop. **[Begin with lesson 01](01_convolution_intuition.ipynb)**: it needs
# Python with NumPy and no machine learning; from lesson 02 on you also need derivatives, in 04 variance and the chain rule.

# %% [markdown]
# <!-- lessons: begin, written by make front -->
# <table class="lessons">
# <tr>
# <td width="180" valign="top" style="text-align: left"><a href="01_convolution_intuition.ipynb"><img src="pictures/01.png" width="180" alt="A window on a picture of numbers, times a kernel, makes one number of the output."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="01_convolution_intuition.ipynb">01 · Convolution intuition</a></strong><br>Why does a digit that moves become unreadable, and what brings it back?<br><small>35 minutes to read, 50 to exercise</small></td>
# <td width="180" valign="top" style="text-align: left"><a href="02_filters.ipynb"><img src="pictures/02.png" width="180" alt="Four kernels, and below each a coffee cup: sharpened, blurred, embossed, its outlines."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="02_filters.ipynb">02 · Filters</a></strong><br>Who should write a kernel&#x27;s numbers: chance, a person, or the data?<br><small>34 minutes to read, 80 to exercise</small></td>
# </tr>
# <tr>
# <td width="180" valign="top" style="text-align: left"><a href="03_mlp_vs_cnn.ipynb"><img src="pictures/03.png" width="180" alt="Ten lines from pixels in place to pixels shuffled: orange ones stay level, blue ones begin above them and end below."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="03_mlp_vs_cnn.ipynb">03 · MLP against CNN</a></strong><br>A network with a third of the parameters reads more digits. What does it know?<br><small>33 minutes to read, 50 to exercise</small></td>
# <td width="180" valign="top" style="text-align: left"><a href="04_weight_initialization.ipynb"><img src="pictures/04.png" width="180" alt="What five hidden units learned: five times the same blue blob above, ten different red and blue patterns below."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="04_weight_initialization.ipynb">04 · Weight initialization</a></strong><br>What must a network&#x27;s first numbers be so that a digit survives twenty layers?<br><small>36 minutes to read, 55 to exercise</small></td>
# </tr>
# <tr>
# <td width="180" valign="top" style="text-align: left"><a href="05_transfer_learning.ipynb"><img src="pictures/05.png" width="180" alt="A hundred small photographs: fifty cats, then fifty dogs."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="05_transfer_learning.ipynb">05 · Transfer learning</a></strong><br>What can a hundred photographs teach, and what can a borrowed network add?<br><small>33 minutes to read, 40 to exercise</small></td>
# <td width="180" valign="top" style="text-align: left"><a href="06_lenet5.ipynb"><img src="pictures/06.png" width="180" alt="A handwritten 7 in all maps of LeNet-5, from outlines to blocks, in red and blue."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="06_lenet5.ipynb">06 · LeNet-5</a></strong><br>Which kernels must be learned, and which could you have drawn?<br><small>38 minutes to read, 45 to exercise</small></td>
# </tr>
# <tr>
# <td width="180" valign="top" style="text-align: left"><a href="07_alexnet.ipynb"><img src="pictures/07.png" width="180" alt="AlexNet drawn: two towers of five convolutions that meet in three dense layers."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="07_alexnet.ipynb">07 · AlexNet</a></strong><br>Five ingredients won a contest. What is each worth, and how long must one wait to see it?<br><small>34 minutes to read, 45 to exercise</small></td>
# <td width="180" valign="top" style="text-align: left"><a href="08_vgg.ipynb"><img src="pictures/08.png" width="180" alt="VGG-16 drawn from left to right: maps shrink from 224 to 7 pixels while filters grow from 64 to 512."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="08_vgg.ipynb">08 · VGG</a></strong><br>Only 3×3, only deeper: does depth alone help, and where does it stop?<br><small>36 minutes to read, 50 to exercise</small></td>
# </tr>
# <tr>
# <td width="180" valign="top" style="text-align: left"><a href="09_inception.ipynb"><img src="pictures/09.png" width="180" alt="A 1×1 convolution at one pixel: its numbers in four maps of a cat, each times two weights, and the two mixtures that come of them."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="09_inception.ipynb">09 · Inception</a></strong><br>How can a deeper network that looks with three kernels at once do a tenth of the work?<br><small>33 minutes to read, 45 to exercise</small></td>
# <td width="180" valign="top" style="text-align: left"><a href="10_resnet.ipynb"><img src="pictures/10.png" width="180" alt="Famous networks as discs, accuracy against work: ResNets in the middle, ConvNeXt above them, ViT far to the right."></a></td>
# <td valign="top" style="text-align: left"><strong><a href="10_resnet.ipynb">10 · ResNet</a></strong><br>Deeper networks do worse. Which single line of code changes that?<br><small>32 minutes to read, 40 to exercise, and a project</small></td>
# </tr>
# </table>
# <!-- lessons: end -->

# %% [markdown]
# ## How a lesson works
#
# - **Run it cell by cell**: Shift+Enter runs a cell and goes on to the next. The outputs you see before that are stored
#   ones, so you can also just read.
# - **Predict first.** Where a question stands in bold, write your answer down before you open the fold. Being wrong
#   there is how the lesson sticks.
# - **Exercises** are cells with `...` or `None` to fill in; the word in brackets says what is asked: to recall, to count by
#   hand, to write code, to build, to design. They answer at once, with a hint for the usual mistakes. Your answers are
#   saved in the notebook; nothing you type breaks the course.
# - **Solutions** stand in [`solutions/`](solutions/01_convolution_intuition_solutions.ipynb), one notebook a lesson,
#   with the reasons.
# - **Side paths** for the curious stand in `further/`; the lessons link to them where they branch off.
# - **“✓ 3 claims hold”** at the end of a section: the lesson has checked its own numbers, not yours.
# - A lesson takes one to two and a half hours, its code one to three minutes. No network? Built-in data stand in.
#
# ## Which way through
#
# In order, if you can: each lesson uses what the ones before it found out. **Short of time?** 01, section 6 of
# 02, then 03, 04 and 06 carry the thread: what a convolution is, how data write its numbers, why it wins, why a network
# trains at all, and a whole network from its paper.
# **You know the basics?** Begin with 06, or with 05 if you have pictures of your own to tell apart.
#
# Something does not work? Open a terminal (File → New → Terminal) and run `python -m course_utils doctor`: it says on
# one page what is missing and what to do about it.
