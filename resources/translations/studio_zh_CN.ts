<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Scrap-SAM-CLIP</source>
        <translation>关于 Scrap-SAM-CLIP</translation>
    </message>
    <message>
        <source>From a box or a point to a mask, from a mask to a steel shape, from shapes to COCO.</source>
        <translation>从框或点到掩膜，从掩膜到钢材形状，再导出为 COCO。</translation>
    </message>
    <message>
        <source>Settings and log: {folder}
MIT licence</source>
        <translation>设置与日志：{folder}
MIT 许可证</translation>
    </message>
    <message>
        <source>Programs it is made of, and their licences</source>
        <translation>所用软件及其许可证</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>使用的开源软件</translation>
    </message>
    <message>
        <source>Open this folder</source>
        <translation>打开此文件夹</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>工具(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Object</source>
        <translation>目标(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Class</source>
        <translation>类别(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Review</source>
        <translation>复核(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open the sample scenes</source>
        <translation>打开示例场景</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Import COCO…</source>
        <translation>导入 COCO…</translation>
    </message>
    <message>
        <source>Objects for the photos of this folder, labelled elsewhere or by ssc label</source>
        <translation>为本文件夹的照片导入在别处或用 ssc label 标注的目标</translation>
    </message>
    <message>
        <source>Export COCO…</source>
        <translation>导出 COCO…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Accept the mask</source>
        <translation>接受掩膜</translation>
    </message>
    <message>
        <source>Also the proposal under the mouse, a polygon being drawn, a clean-up</source>
        <translation>也用于鼠标处的候选、正在画的多边形和清理掩膜</translation>
    </message>
    <message>
        <source>Clear the prompt</source>
        <translation>清除提示</translation>
    </message>
    <message>
        <source>Box and points go; undo brings them back</source>
        <translation>去掉框和点；撤销可恢复</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Delete the selected objects</source>
        <translation>删除所选目标</translation>
    </message>
    <message>
        <source>Also the proposal under the mouse, or the prompt in hand</source>
        <translation>也用于鼠标处的候选或当前提示</translation>
    </message>
    <message>
        <source>Select all objects</source>
        <translation>全选目标</translation>
    </message>
    <message>
        <source>Photo is done</source>
        <translation>照片已完成</translation>
    </message>
    <message>
        <source>Done, and on to the next</source>
        <translation>完成并转到下一张</translation>
    </message>
    <message>
        <source>Select objects</source>
        <translation>选择目标</translation>
    </message>
    <message>
        <source>Shift adds to the selection, a drag moves it, right click offers what can be done</source>
        <translation>按住 Shift 多选，拖动可移动，右键弹出操作菜单</translation>
    </message>
    <message>
        <source>Draw a box</source>
        <translation>画框</translation>
    </message>
    <message>
        <source>With Ctrl several, one after the other: each becomes a proposal</source>
        <translation>按住 Ctrl 可连续画多个框，每个框成为一个候选</translation>
    </message>
    <message>
        <source>Click points</source>
        <translation>点提示</translation>
    </message>
    <message>
        <source>Left: part of the piece. Right click or Shift: not part of it</source>
        <translation>左键：属于该料块；右键或 Shift：不属于</translation>
    </message>
    <message>
        <source>Find all pieces</source>
        <translation>找出所有废钢件</translation>
    </message>
    <message>
        <source>They come as proposals to accept or reject</source>
        <translation>结果作为候选显示，由您接受或否决</translation>
    </message>
    <message>
        <source>Accept all proposals shown</source>
        <translation>接受显示的全部候选</translation>
    </message>
    <message>
        <source>Discard all proposals</source>
        <translation>放弃全部候选</translation>
    </message>
    <message>
        <source>Next mask or object</source>
        <translation>下一个掩膜或目标</translation>
    </message>
    <message>
        <source>Previous mask or object</source>
        <translation>上一个掩膜或目标</translation>
    </message>
    <message>
        <source>Look closer at small pieces</source>
        <translation>小件自动放大</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>模型…</translation>
    </message>
    <message>
        <source>Next photo</source>
        <translation>下一张照片</translation>
    </message>
    <message>
        <source>Previous photo</source>
        <translation>上一张照片</translation>
    </message>
    <message>
        <source>Next photo not done</source>
        <translation>下一张未完成的照片</translation>
    </message>
    <message>
        <source>Next part of the window</source>
        <translation>切换窗口区域</translation>
    </message>
    <message>
        <source>Fit the photo</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>One to one</source>
        <translation>原始大小</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Show objects</source>
        <translation>显示目标</translation>
    </message>
    <message>
        <source>Show all names</source>
        <translation>显示全部名称</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>键盘与鼠标</translation>
    </message>
    <message>
        <source>About Scrap-SAM-CLIP</source>
        <translation>关于 Scrap-SAM-CLIP</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Without any objects, while it is held</source>
        <translation>按住时不显示任何目标</translation>
    </message>
    <message>
        <source>Move the photo, while it is held; with the keyboard pointer: click</source>
        <translation>按住时移动照片；用键盘指针时为单击</translation>
    </message>
    <message>
        <source>Move the keyboard pointer, the selection or the photo</source>
        <translation>移动键盘指针、所选目标或照片</translation>
    </message>
    <message>
        <source>Polygon: one corner back</source>
        <translation>多边形：撤回一点</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Adds to the selected object. Ctrl or right button erases, wheel sets the size</source>
        <translation>涂到选中的目标上。按住 Ctrl 或用右键擦除，滚轮调节大小</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>套索</translation>
    </message>
    <message>
        <source>Adds what you draw around. Ctrl or right button takes it away</source>
        <translation>圈出的部分加入目标，按住 Ctrl 或用右键则去掉</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Cut in two</source>
        <translation>切开</translation>
    </message>
    <message>
        <source>Draw a line through an object. Shift makes it straight</source>
        <translation>画一条线穿过目标即可切开；按住 Shift 画直线</translation>
    </message>
    <message>
        <source>Move corners</source>
        <translation>编辑顶点</translation>
    </message>
    <message>
        <source>Drag a corner, click the line for a new one, right click takes one away</source>
        <translation>拖动顶点，单击边线添加，右键删除</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Drag a line. Type the true length of one thing, and all lengths are in mm</source>
        <translation>拖出一条线。输入某一物体的真实长度后，所有长度都以毫米显示</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>缩小画笔</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>放大画笔</translation>
    </message>
    <message>
        <source>Mask under the mouse</source>
        <translation>鼠标处的掩膜预览</translation>
    </message>
    <message>
        <source>With the point tool: shows what a click would give</source>
        <translation>使用点工具时：显示点击后会得到的掩膜</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Copy to the next photo</source>
        <translation>复制到下一张照片</translation>
    </message>
    <message>
        <source>The same pieces on the next photo, at the same place</source>
        <translation>把相同的目标放到下一张照片的同一位置</translation>
    </message>
    <message>
        <source>Merge into one</source>
        <translation>合并为一个</translation>
    </message>
    <message>
        <source>The largest of the selected keeps its class; parts need not touch</source>
        <translation>沿用最大目标的类别；各部分不必相连</translation>
    </message>
    <message>
        <source>Split into its parts</source>
        <translation>按连通块拆分</translation>
    </message>
    <message>
        <source>Click corner by corner. {accept} closes, Backspace takes one back, Shift snaps to 45°</source>
        <translation>逐点单击。{accept} 闭合，Backspace 撤回一点，按住 Shift 对齐到 45°</translation>
    </message>
    <message>
        <source>Keyboard pointer</source>
        <translation>键盘指针</translation>
    </message>
    <message>
        <source>Arrow keys move it, Shift further, Ctrl by one pixel. Space clicks; of a drag it is begin and end</source>
        <translation>方向键移动，按住 Shift 走得更远，按住 Ctrl 每次一个像素。空格键单击；拖动时按一次开始，再按一次结束</translation>
    </message>
    <message>
        <source>Right click at the pointer</source>
        <translation>在指针处右击</translation>
    </message>
    <message>
        <source>Not part of it; rejects, erases, takes a corner away</source>
        <translation>不属于该目标；也用于拒绝候选、擦除、去掉顶点</translation>
    </message>
    <message>
        <source>Click with Ctrl at the pointer</source>
        <translation>在指针处按 Ctrl 单击</translation>
    </message>
    <message>
        <source>Box after box; takes away from what is drawn on; adds to the selection</source>
        <translation>连续画框；从所画目标中减去；加入所选</translation>
    </message>
    <message>
        <source>Every separate part becomes an object. To part what touches, cut it with {knife}</source>
        <translation>每个独立部分各成一个目标；连在一起的先用 {knife} 切开</translation>
    </message>
    <message>
        <source>Cut out of the others</source>
        <translation>从其他目标中扣除</translation>
    </message>
    <message>
        <source>Its pixels are taken from the other selected objects, or from all it overlaps</source>
        <translation>从其他选中的目标（或所有与它重叠的目标）中去掉它的像素</translation>
    </message>
    <message>
        <source>Keep what they share</source>
        <translation>只留重叠部分</translation>
    </message>
    <message>
        <source>The others keep only the pixels that lie in the object selected last, which stays as it is</source>
        <translation>其他目标只保留落在最后所选目标内的像素，最后所选的目标不变</translation>
    </message>
    <message>
        <source>Clean up…</source>
        <translation>清理掩膜…</translation>
    </message>
    <message>
        <source>Specks, small holes and a ragged outline, shown live before you decide</source>
        <translation>碎点、小孔和毛边，确认前实时预览</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>填充孔洞</translation>
    </message>
    <message>
        <source>Keep the largest part</source>
        <translation>只保留最大块</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>平滑边缘</translation>
    </message>
    <message>
        <source>To the front</source>
        <translation>移到最前</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前移一层</translation>
    </message>
    <message>
        <source>Backward</source>
        <translation>后移一层</translation>
    </message>
    <message>
        <source>To the back</source>
        <translation>移到最后</translation>
    </message>
    <message>
        <source>Partly hidden</source>
        <translation>部分被遮挡</translation>
    </message>
    <message>
        <source>Other pieces lie on it, so the mask shows less than the piece</source>
        <translation>上面压着别的废钢，掩膜比实物小</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Nothing changes it before it is unlocked</source>
        <translation>解锁之前不会被改动</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Show all hidden</source>
        <translation>显示全部隐藏目标</translation>
    </message>
    <message>
        <source>Choose by name…</source>
        <translation>按名称选择…</translation>
    </message>
    <message>
        <source>Type a few letters of the class and press Enter</source>
        <translation>输入类别名的几个字，按 Enter</translation>
    </message>
    <message>
        <source>Outlines only</source>
        <translation>只显示轮廓</translation>
    </message>
    <message>
        <source>The pieces themselves stay in sight. Without any objects while H is held</source>
        <translation>便于看清废钢件本身；按住 H 可暂时不显示任何目标</translation>
    </message>
    <message>
        <source>Colour by class, object or status</source>
        <translation>着色方式：类别、目标、状态</translation>
    </message>
    <message>
        <source>The next way of colouring at each press</source>
        <translation>每按一次换一种着色方式</translation>
    </message>
    <message>
        <source>Overview map</source>
        <translation>导航缩略图</translation>
    </message>
    <message>
        <source>Shown as soon as the photo does not fit; a click on it goes there</source>
        <translation>照片放大到超出窗口时显示，单击即可跳到该处</translation>
    </message>
    <message>
        <source>Display…</source>
        <translation>显示设置…</translation>
    </message>
    <message>
        <source>Opacity, colours, brightness of dark photos. The photos stay as they are</source>
        <translation>透明度、着色、暗照片提亮。照片本身不变</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>新建项目…</translation>
    </message>
    <message>
        <source>Frames from a video or camera…</source>
        <translation>从视频或相机取帧…</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Review queue</source>
        <translation>复核队列</translation>
    </message>
    <message>
        <source>What waits for a second look, the most uncertain first</source>
        <translation>等待复核的目标，最不确定的排在最前</translation>
    </message>
    <message>
        <source>Find mistakes</source>
        <translation>查找错误</translation>
    </message>
    <message>
        <source>Cut, tiny, doubled or odd masks, photos without objects</source>
        <translation>被截断、过小、重复或异常的掩膜，以及没有目标的照片</translation>
    </message>
    <message>
        <source>Gallery of all objects</source>
        <translation>全部目标图库</translation>
    </message>
    <message>
        <source>Every object as a picture; number keys rename the selected</source>
        <translation>每个目标一张小图；数字键修改所选目标的类别</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Compare models…</source>
        <translation>比较模型…</translation>
    </message>
    <message>
        <source>The same prompt on several models, side by side</source>
        <translation>同一提示交给多个模型，结果并排显示</translation>
    </message>
    <message>
        <source>Evaluate models…</source>
        <translation>评测模型…</translation>
    </message>
    <message>
        <source>Models and prompts measured against the accepted objects, with a report</source>
        <translation>以已接受的目标为准，评测各模型和提示方式，并生成报告</translation>
    </message>
    <message>
        <source>Train on your own objects…</source>
        <translation>用自己的标注训练…</translation>
    </message>
    <message>
        <source>A model fine-tuned on the accepted objects, compared before and after</source>
        <translation>用已接受的目标微调模型，并比较训练前后的效果</translation>
    </message>
    <message>
        <source>Names of pieces…</source>
        <translation>目标命名…</translation>
    </message>
    <message>
        <source>Name what nobody confirmed again, measure how sure the names are, edit the words</source>
        <translation>为未确认的目标重新命名，检查命名的可信程度，编辑类别用词</translation>
    </message>
    <message>
        <source>Learn class names…</source>
        <translation>学习类别…</translation>
    </message>
    <message>
        <source>The classifier learns from the accepted objects in a minute</source>
        <translation>用已接受的目标训练分类头，大约一分钟</translation>
    </message>
    <message>
        <source>Next that waits for review</source>
        <translation>下一个待复核目标</translation>
    </message>
    <message>
        <source>Right: reviewed, next</source>
        <translation>正确：通过并到下一个</translation>
    </message>
    <message>
        <source>Wrong: reject, next</source>
        <translation>错误：否决并到下一个</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Whole photo is right</source>
        <translation>整张照片通过</translation>
    </message>
    <message>
        <source>Send the photo back</source>
        <translation>退回这张照片</translation>
    </message>
    <message>
        <source>Mend the finding</source>
        <translation>修正这个问题</translation>
    </message>
    <message>
        <source>The finding is right</source>
        <translation>这里没有问题</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation>自定义快捷键…</translation>
    </message>
    <message>
        <source>&quot;{name}&quot;</source>
        <translation>“{name}”</translation>
    </message>
</context>
<context>
    <name>Assistant</name>
    <message>
        <source>The mask you began on {name} is kept</source>
        <translation>{name} 上未完成的掩膜已保留</translation>
    </message>
    <message>
        <source>Go back to that photo to accept it.</source>
        <translation>回到那张照片即可继续并接受。</translation>
    </message>
    <message>
        <source>The model failed at this. Choose another one at the lower right, or try again.</source>
        <translation>模型在此处出错，没有给出结果。请在右下角换一个模型，或再试一次。</translation>
    </message>
    <message>
        <source>Nothing was found here. Add a point or draw the box again.</source>
        <translation>这里没有找到目标。请加一个点，或重新画框。</translation>
    </message>
</context>
<context>
    <name>Available</name>
    <message>
        <source>Open a folder of photos first.</source>
        <translation>请先打开一个照片文件夹。</translation>
    </message>
    <message>
        <source>There is no photo to work on.</source>
        <translation>当前没有可标注的照片。</translation>
    </message>
    <message>
        <source>The search is going on already.</source>
        <translation>正在查找，请稍候。</translation>
    </message>
    <message>
        <source>Select an object first: {next_mask} takes the next one.</source>
        <translation>请先选中一个目标：按 {next_mask} 可逐个选择。</translation>
    </message>
    <message>
        <source>There are no proposals. {find_all} finds all pieces.</source>
        <translation>还没有候选，按 {find_all} 可找出所有废钢件。</translation>
    </message>
    <message>
        <source>This is for the keyboard pointer: {pointer} shows it.</source>
        <translation>这个键用于键盘指针：按 {pointer} 显示指针。</translation>
    </message>
    <message>
        <source>Undo  ({undo})</source>
        <translation>撤销（{undo}）</translation>
    </message>
    <message>
        <source>Undo: {step}  ({undo})</source>
        <translation>撤销：{step}（{undo}）</translation>
    </message>
    <message>
        <source>There is nothing to undo on this photo.</source>
        <translation>这张照片没有可撤销的操作。</translation>
    </message>
    <message>
        <source>There is nothing to redo on this photo.</source>
        <translation>这张照片没有可重做的操作。</translation>
    </message>
    <message>
        <source>There is no prompt to clear.</source>
        <translation>没有可清除的提示。</translation>
    </message>
</context>
<context>
    <name>Bulk</name>
    <message>
        <source>Taken back on this photo alone: {step}</source>
        <translation>仅在此照片上撤销：{step}</translation>
    </message>
    <message>
        <source>The same change is on more photos: {n}.</source>
        <translation>同一修改还在另外 {n} 张照片上。</translation>
    </message>
    <message>
        <source>Take it back there too</source>
        <translation>一并撤销</translation>
    </message>
    <message>
        <source>Done again on this photo alone: {step}</source>
        <translation>仅在此照片上重做：{step}</translation>
    </message>
    <message>
        <source>It was taken back on more photos: {n}.</source>
        <translation>另外 {n} 张照片上的修改仍处于撤销状态。</translation>
    </message>
    <message>
        <source>Do it again there too</source>
        <translation>一并重做</translation>
    </message>
</context>
<context>
    <name>CanvasView</name>
    <message>
        <source>Photo with its objects</source>
        <translation>照片及其目标</translation>
    </message>
    <message>
        <source>proposal: {name}</source>
        <translation>候选：{name}</translation>
    </message>
    <message>
        <source>no object</source>
        <translation>无目标</translation>
    </message>
    <message>
        <source>The model has no other mask for this prompt.</source>
        <translation>模型对这个提示没有其他候选掩膜。</translation>
    </message>
</context>
<context>
    <name>CaptureDialog</name>
    <message>
        <source>Frames from a video or camera</source>
        <translation>从视频或相机取帧</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Video file…</source>
        <translation>视频文件…</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Play  ({key})</source>
        <translation>播放（{key}）</translation>
    </message>
    <message>
        <source>Take this frame  ({key})</source>
        <translation>取这一帧（{key}）</translation>
    </message>
    <message>
        <source>Name what is in the middle  ({key})</source>
        <translation>识别画面中央（{key}）</translation>
    </message>
    <message>
        <source>A camera goes on by itself</source>
        <translation>相机画面会自动更新</translation>
    </message>
    <message>
        <source>Pause  ({key})</source>
        <translation>暂停（{key}）</translation>
    </message>
    <message>
        <source>unknown: {name} only {value}</source>
        <translation>未知：{name} 仅 {value}</translation>
    </message>
    <message>
        <source>Taken: {name} (frames so far: {n})</source>
        <translation>已取：{name}（共 {n} 帧）</translation>
    </message>
    <message>
        <source>The class of what lies in the frame drawn in the middle, as one looks</source>
        <translation>实时识别画面中央方框内的目标</translation>
    </message>
    <message>
        <source>Choose a video file, or connect a camera.</source>
        <translation>请选择视频文件，或连接相机。</translation>
    </message>
    <message>
        <source>Every frame you take becomes a photo of this folder.</source>
        <translation>取下的每一帧都会成为此文件夹中的一张照片。</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>No model in use knows the classes of this folder. Choose one under Tools, Models….</source>
        <translation>当前没有认识本文件夹类别的分类模型。请在“工具，模型…”中选择。</translation>
    </message>
</context>
<context>
    <name>Chrome</name>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Toolbar</source>
        <translation>工具栏</translation>
    </message>
</context>
<context>
    <name>ClassPicker</name>
    <message>
        <source>Class…</source>
        <translation>类别…</translation>
    </message>
    <message>
        <source>Part of the class&apos;s name</source>
        <translation>类别名的一部分</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
</context>
<context>
    <name>CloseButton</name>
    <message>
        <source>Close Tab</source>
        <translation>关闭标签页</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>There is no mask to accept: draw a box around a piece, or click it.</source>
        <translation>还没有可接受的掩膜：先框住或点一下废钢件。</translation>
    </message>
    <message>
        <source>add {name}</source>
        <translation>添加{name}</translation>
    </message>
    <message>
        <source>change to {name}</source>
        <translation>改为{name}</translation>
    </message>
    <message>
        <source>Select an object first, or draw a box around a new one.</source>
        <translation>请先选中一个目标，或框出一个新目标。</translation>
    </message>
    <message>
        <source>Locked objects are not deleted. {lock} unlocks them.</source>
        <translation>锁定的目标不会被删除。按 {lock} 解锁。</translation>
    </message>
    <message>
        <source>delete 1 object</source>
        <translation>删除 1 个目标</translation>
    </message>
    <message>
        <source>delete {n} objects</source>
        <translation>删除 {n} 个目标</translation>
    </message>
    <message>
        <source>mark as done</source>
        <translation>标为已完成</translation>
    </message>
    <message>
        <source>mark as not done</source>
        <translation>取消已完成</translation>
    </message>
    <message>
        <source>Every photo of this folder is done.</source>
        <translation>这个文件夹的照片已全部完成。</translation>
    </message>
    <message>
        <source>This is the last photo.</source>
        <translation>这是最后一张照片。</translation>
    </message>
    <message>
        <source>This is the first photo.</source>
        <translation>这是第一张照片。</translation>
    </message>
</context>
<context>
    <name>Company</name>
    <message>
        <source>{user} has just changed this photo</source>
        <translation>{user} 刚刚修改了这张照片的标注</translation>
    </message>
    <message>
        <source>Somebody else</source>
        <translation>其他人</translation>
    </message>
    <message>
        <source>You see their version now; undo shows the one before.</source>
        <translation>现在显示的是对方的版本；撤销可回到之前的样子。</translation>
    </message>
    <message>
        <source>Somebody else changed {photo} at the same time</source>
        <translation>其他人同时修改了 {photo}</translation>
    </message>
    <message>
        <source>Nothing is overwritten: their version is shown now, and yours is kept beside it.</source>
        <translation>没有任何内容被覆盖：现在显示的是对方的版本，您的版本已另外保留。</translation>
    </message>
    <message>
        <source>There are two versions of {photo}</source>
        <translation>{photo} 有两个版本</translation>
    </message>
    <message>
        <source>Two people changed it at the same time. Nothing is lost; choose when you like.</source>
        <translation>两个人同时修改了它。内容都在，您可以随时选择。</translation>
    </message>
    <message>
        <source>The same goes for more photos: {n}.</source>
        <translation>还有 {n} 张照片也是如此。</translation>
    </message>
    <message>
        <source>Look at both…</source>
        <translation>对比两个版本…</translation>
    </message>
    <message>
        <source>The folder is there again</source>
        <translation>文件夹已恢复</translation>
    </message>
    <message>
        <source>The folder is not there any more</source>
        <translation>文件夹不见了</translation>
    </message>
    <message>
        <source>Connect the drive again, or put the folder back. Work goes on in memory until then.</source>
        <translation>请重新连接磁盘，或把文件夹放回原处。在此之前，您的工作保留在内存中。</translation>
    </message>
    <message>
        <source>Also working in this folder: {names}</source>
        <translation>正在同一文件夹中工作：{names}</translation>
    </message>
    <message>
        <source>You can both annotate. If you both change one photo, both versions are kept.</source>
        <translation>可以同时标注；若改了同一张照片，两个版本都会保留。</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Compare models</source>
        <translation>比较模型</translation>
    </message>
    <message>
        <source>The prompt of the mask being made, or the one stored with the selected object</source>
        <translation>使用正在绘制的提示，或所选目标保存的提示</translation>
    </message>
    <message>
        <source>Asks with every stored prompt of this photo. Objects on which they disagree move up the review queue.</source>
        <translation>用本照片保存的全部提示重新运行。模型分歧大的目标会在复核队列中前移。</translation>
    </message>
    <message>
        <source>Difference  ({key})</source>
        <translation>差异（{key}）</translation>
    </message>
    <message>
        <source>both</source>
        <translation>两者共有</translation>
    </message>
    <message>
        <source>only this model</source>
        <translation>仅此模型</translation>
    </message>
    <message>
        <source>Follow the selection</source>
        <translation>跟随选择</translation>
    </message>
    <message>
        <source>Ask anew whenever another object is selected</source>
        <translation>选择另一个目标时自动重新运行</translation>
    </message>
    <message>
        <source>Models: {names}  ({key})</source>
        <translation>模型：{names}（{key}）</translation>
    </message>
    <message>
        <source>Select one object, or draw a box around a piece.</source>
        <translation>请选择一个目标，或框住一件废钢。</translation>
    </message>
    <message>
        <source>1–4 takes a mask, {key} shows the difference. {undo} takes it back.</source>
        <translation>按 1–4 采用对应掩膜，按 {key} 显示差异，{undo} 撤销。</translation>
    </message>
    <message>
        <source>Asking {name}…</source>
        <translation>正在运行 {name}…</translation>
    </message>
    <message>
        <source>Compare  ({key})</source>
        <translation>比较（{key}）</translation>
    </message>
    <message>
        <source>Compare on all objects  ({key})</source>
        <translation>在全部目标上比较（{key}）</translation>
    </message>
    <message>
        <source>Where the masks agree, and who has what alone; the colours are explained below</source>
        <translation>显示掩膜的相同与不同之处，颜色含义见下方</translation>
    </message>
    <message>
        <source>Manage models…</source>
        <translation>管理模型…</translation>
    </message>
    <message>
        <source>Four at most: take the tick from another first</source>
        <translation>最多四个：请先取消勾选另一个</translation>
    </message>
    <message>
        <source>Tick a model first</source>
        <translation>请先勾选一个模型</translation>
    </message>
    <message>
        <source>{what}. Choose another, or get it under Models…</source>
        <translation>{what}。请另选模型，或在“模型…”中获取</translation>
    </message>
    <message>
        <source>{what}. {detail}</source>
        <translation>{what}。{detail}</translation>
    </message>
    <message>
        <source>only the mask of the object</source>
        <translation>仅目标现有掩膜</translation>
    </message>
    <message>
        <source>only {name}</source>
        <translation>仅 {name}</translation>
    </message>
    <message>
        <source>take the mask of {name}</source>
        <translation>采用 {name} 的掩膜</translation>
    </message>
    <message>
        <source>Taken: {name}</source>
        <translation>已采用：{name}</translation>
    </message>
    <message>
        <source>add an object</source>
        <translation>添加目标</translation>
    </message>
    <message>
        <source>Asking… {done} of {total}</source>
        <translation>正在运行… {done}/{total}</translation>
    </message>
    <message>
        <source>{name}: mean DICE {dice} with your {n} masks, {ms} ms each</source>
        <translation>{name}：与您的 {n} 个掩膜平均 DICE {dice}，每个 {ms} ms</translation>
    </message>
    <message>
        <source>No object of this photo has a stored prompt.</source>
        <translation>本照片没有保存了提示的目标。</translation>
    </message>
    <message>
        <source>note where models disagree</source>
        <translation>记录模型分歧</translation>
    </message>
</context>
<context>
    <name>DisplayPanel</name>
    <message>
        <source>Objects</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Photo (on screen only)</source>
        <translation>照片（仅影响屏幕显示）</translation>
    </message>
    <message>
        <source>Colour by</source>
        <translation>着色方式</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>伽马</translation>
    </message>
    <message>
        <source>Above 1 opens dark piles without washing out what is bright</source>
        <translation>大于 1 时提亮暗处的料堆，而亮处不会发白</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Outlines only</source>
        <translation>只显示轮廓</translation>
    </message>
    <message>
        <source>Names of all objects</source>
        <translation>显示所有目标名称</translation>
    </message>
    <message>
        <source>Overview map</source>
        <translation>导航缩略图</translation>
    </message>
    <message>
        <source>Pixel grid when zoomed in</source>
        <translation>放大时显示像素网格</translation>
    </message>
    <message>
        <source>Point tool: preview the mask under the mouse</source>
        <translation>点工具下预览鼠标处的掩膜</translation>
    </message>
    <message>
        <source>As photographed</source>
        <translation>恢复原样</translation>
    </message>
</context>
<context>
    <name>Drawing</name>
    <message>
        <source>Wait for the mask, or clear the prompt with {clear}.</source>
        <translation>请等掩膜生成，或按 {clear} 清除提示。</translation>
    </message>
    <message>
        <source>The object is locked. {lock} unlocks it.</source>
        <translation>该目标已锁定，按 {lock} 解锁。</translation>
    </message>
    <message>
        <source>Select the one object to add to.</source>
        <translation>请只选中一个要添加到的目标。</translation>
    </message>
    <message>
        <source>add pixels</source>
        <translation>添加像素</translation>
    </message>
    <message>
        <source>Select the object to erase from.</source>
        <translation>请先选中要擦除的目标。</translation>
    </message>
    <message>
        <source>erase</source>
        <translation>擦除</translation>
    </message>
    <message>
        <source>Nothing was left of the object, so it is gone; undo brings it back.</source>
        <translation>该目标已被擦完并移除，撤销可恢复。</translation>
    </message>
    <message>
        <source>The line must go through the object, from side to side.</source>
        <translation>线要从一侧到另一侧穿过整个目标。</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>切开</translation>
    </message>
    <message>
        <source>draw an object</source>
        <translation>手绘目标</translation>
    </message>
    <message>
        <source>Drawn objects without a class: {n}</source>
        <translation>手绘目标中有 {n} 个还没有类别</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新识别</translation>
    </message>
    <message>
        <source>move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>It would leave the photo.</source>
        <translation>这样会移出照片。</translation>
    </message>
    <message>
        <source>move a corner</source>
        <translation>移动顶点</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>This photo cannot be used</source>
        <translation>这张照片无法使用</translation>
    </message>
    <message>
        <source>The annotations of this photo cannot be read</source>
        <translation>这张照片的标注无法读取</translation>
    </message>
    <message>
        <source>This data set cannot be read</source>
        <translation>这个数据集无法读取</translation>
    </message>
    <message>
        <source>The model cannot work with this prompt</source>
        <translation>模型无法处理这个提示</translation>
    </message>
    <message>
        <source>The label set is not right</source>
        <translation>类别表有误</translation>
    </message>
    <message>
        <source>A choice is not right</source>
        <translation>有一项设置不正确</translation>
    </message>
    <message>
        <source>This folder cannot be opened</source>
        <translation>这个文件夹无法打开</translation>
    </message>
    <message>
        <source>Somebody else changed this photo&apos;s annotations</source>
        <translation>其他人修改了这张照片的标注</translation>
    </message>
    <message>
        <source>The export failed and left nothing behind</source>
        <translation>导出失败，没有留下任何文件</translation>
    </message>
    <message>
        <source>The model is not on this computer</source>
        <translation>本机没有这个模型</translation>
    </message>
    <message>
        <source>This model file cannot be used</source>
        <translation>这个模型文件无法使用</translation>
    </message>
    <message>
        <source>The model crashed; your work is kept</source>
        <translation>模型意外退出；您的工作已保留</translation>
    </message>
    <message>
        <source>The download failed</source>
        <translation>下载失败</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Another program is writing the same file</source>
        <translation>另一个程序正在写同一个文件</translation>
    </message>
    <message>
        <source>There is not enough memory for this</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>This may not be written here</source>
        <translation>没有写入权限</translation>
    </message>
    <message>
        <source>The disk did not answer as expected</source>
        <translation>磁盘读写出错</translation>
    </message>
    <message>
        <source>Something went wrong inside the program. Your work is kept; details are in the log</source>
        <translation>程序内部出错。您的工作已保留，详情见日志</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model: MobileSAM, EdgeSAM or nano.</source>
        <translation>请关闭其他程序，或换用更小的模型：MobileSAM、EdgeSAM 或 nano。</translation>
    </message>
    <message>
        <source>This folder is not there</source>
        <translation>此文件夹不存在</translation>
    </message>
    <message>
        <source>If it is on a drive or in the network, connect that and try again. Else check the name.</source>
        <translation>如果它在移动硬盘或网络上，请先连接好再重试；否则请检查名称。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space on it.</source>
        <translation>磁盘已满，请清理出一些空间。</translation>
    </message>
    <message>
        <source>Your share of the disk is used up. Free some space on it.</source>
        <translation>您的磁盘配额已用完，请清理出一些空间。</translation>
    </message>
    <message>
        <source>The disk may not be written to.</source>
        <translation>磁盘为只读，不能写入。</translation>
    </message>
    <message>
        <source>You have no right to write in this folder.</source>
        <translation>您没有写入这个文件夹的权限。</translation>
    </message>
    <message>
        <source>The disk does not answer. Check the cable or the network.</source>
        <translation>磁盘没有响应，请检查连线或网络。</translation>
    </message>
    <message>
        <source>The folder is not there. Connect the drive again, or put it back.</source>
        <translation>文件夹不见了。请重新连接磁盘，或把文件夹放回原处。</translation>
    </message>
    <message>
        <source>Not saved yet: your work is kept here</source>
        <translation>尚未保存，您的工作保留在程序中</translation>
    </message>
    <message>
        <source>Saving is tried again by itself.</source>
        <translation>程序会自动重试保存。</translation>
    </message>
    <message>
        <source>Nothing can be saved in this folder</source>
        <translation>这个文件夹无法保存标注</translation>
    </message>
    <message>
        <source>You can look around. To keep your work, copy the photos elsewhere.</source>
        <translation>可以浏览；要保存标注，请把照片复制到别处。</translation>
    </message>
    <message>
        <source>The program did not end properly last time</source>
        <translation>程序上次没有正常退出</translation>
    </message>
    <message>
        <source>Only the very last edit had not reached the disk yet.</source>
        <translation>只有最后一步操作没来得及写入磁盘。</translation>
    </message>
    <message>
        <source>Everything that had been saved is here.</source>
        <translation>已保存的内容全部都在。</translation>
    </message>
    <message>
        <source>Saved last: “{edit}” on {photo}, {time}.</source>
        <translation>最后保存：{photo}，“{edit}”，{time}。</translation>
    </message>
    <message>
        <source>… and {n} more.</source>
        <translation>……另有 {n} 项。</translation>
    </message>
</context>
<context>
    <name>EvaluateDialog</name>
    <message>
        <source>Evaluate models</source>
        <translation>评测模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>One point (S2)</source>
        <translation>一个点（S2）</translation>
    </message>
    <message>
        <source>Five points (S3)</source>
        <translation>五个点（S3）</translation>
    </message>
    <message>
        <source>Five points and five off it (S4)</source>
        <translation>五个正点加五个负点（S4）</translation>
    </message>
    <message>
        <source>A box (S5)</source>
        <translation>一个框（S5）</translation>
    </message>
    <message>
        <source>A box and a point (S6)</source>
        <translation>框加一个点（S6）</translation>
    </message>
    <message>
        <source>No prompt: find all (S1)</source>
        <translation>无提示：全图分割（S1）</translation>
    </message>
    <message>
        <source>Clicks until it fits</source>
        <translation>点到合适为止（NoC）</translation>
    </message>
    <message>
        <source>A simulated user clicks where most is wrong, 20 times at most.</source>
        <translation>模拟用户每次点在错误最大的地方，最多点 20 次。</translation>
    </message>
    <message>
        <source>Also moved by up to 10, 20 and 30 px, as a careless hand would</source>
        <translation>另把提示随机移动至多 10、20、30 像素，模拟手抖</translation>
    </message>
    <message>
        <source>as many as are sensible</source>
        <translation>自动（按需）</translation>
    </message>
    <message>
        <source>More of them are faster and need more memory.</source>
        <translation>进程越多越快，也越占内存。</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程数</translation>
    </message>
    <message>
        <source>Results in</source>
        <translation>结果存到</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示方式</translation>
    </message>
    <message>
        <source>The weakest objects, each with its worst answer. Click one to see it.</source>
        <translation>效果最差的目标（各列出最差的一次），单击可在照片上查看。</translation>
    </message>
    <message>
        <source>Objects, the weakest first</source>
        <translation>目标列表，最差的在前</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>DICE</source>
        <translation>DICE</translation>
    </message>
    <message>
        <source>Open the report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Accept some objects first: they are the truth that models are measured against.</source>
        <translation>请先接受一些目标：它们就是评测模型用的真值。</translation>
    </message>
    <message>
        <source>Models are measured against accepted and reviewed objects: {n}.</source>
        <translation>以 {n} 个已接受或已复核的目标作为真值。</translation>
    </message>
    <message>
        <source>Counting the objects…</source>
        <translation>正在统计目标…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Tick a model and a prompt first</source>
        <translation>请先勾选模型和提示方式</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>存放结果的文件夹</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>{done} of {total} prompts</source>
        <translation>已完成 {done} / {total} 个提示</translation>
    </message>
    <message>
        <source>Writing the report…</source>
        <translation>正在生成报告…</translation>
    </message>
    <message>
        <source>, about {time} left</source>
        <translation>，约剩 {time}</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>Stopped. Start goes on where it was.</source>
        <translation>已停止。再按“开始”会从停下的地方继续。</translation>
    </message>
    <message>
        <source>It could not be done.</source>
        <translation>未能完成。</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>已完成。</translation>
    </message>
    <message>
        <source>Done. Left out: {n}; the report names them.</source>
        <translation>已完成。有 {n} 项未能评测，详见报告。</translation>
    </message>
    <message>
        <source>Mean DICE:</source>
        <translation>平均 DICE：</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <translation>{first}{second}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export COCO</source>
        <translation>导出 COCO</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Exact masks (RLE)</source>
        <translation>精确掩膜（RLE）</translation>
    </message>
    <message>
        <source>Every pixel is kept, with holes and separate parts.</source>
        <translation>逐像素保留，包括孔洞和分离的部分。</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>For programs that read outlines only. Holes cannot be kept; the report counts them.</source>
        <translation>供只读取轮廓的程序使用。孔洞无法保留，报告中会统计数量。</translation>
    </message>
    <message>
        <source>Proposed</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>Reviewed</source>
        <translation>已复核</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已否决</translation>
    </message>
    <message>
        <source>Objects of unknown class too, as a category of their own</source>
        <translation>同时导出未知类别的目标（单独作为一个类别）</translation>
    </message>
    <message>
        <source>List photos without objects too</source>
        <translation>同时列出没有目标的照片</translation>
    </message>
    <message>
        <source>Plain COCO only, without scores, prompts and authors</source>
        <translation>仅标准 COCO，不含得分、提示和标注人</translation>
    </message>
    <message>
        <source>Masks as</source>
        <translation>掩膜格式</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Also</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>打开所在文件夹</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Written, but without what is not saved yet, on photos: {n}. Export again when it is saved.</source>
        <translation>已写入，但有 {n} 张照片上的修改尚未保存，不在文件中。保存成功后请重新导出。</translation>
    </message>
    <message>
        <source>There is no object in the file. Accept some, or choose other states above.</source>
        <translation>文件中没有目标。请先接受一些目标，或在上方勾选其他状态。</translation>
    </message>
    <message>
        <source>Written, read back and compared.</source>
        <translation>已写出，并回读逐一核对。</translation>
    </message>
    <message>
        <source>Written, but see below.</source>
        <translation>已写出，但请看下面的说明。</translation>
    </message>
</context>
<context>
    <name>Finder</name>
    <message>
        <source>There is no model for masks yet</source>
        <translation>还没有可用的分割模型</translation>
    </message>
    <message>
        <source>Nothing was found in one of the boxes.</source>
        <translation>有一个框内没有找到目标。</translation>
    </message>
    <message>
        <source>box: a proposal</source>
        <translation>框选出 1 个候选</translation>
    </message>
    <message>
        <source>Boxes without an answer: {n}</source>
        <translation>未得到结果的框：{n} 个</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新请求</translation>
    </message>
    <message>
        <source>find {n} proposals</source>
        <translation>找到 {n} 个候选</translation>
    </message>
    <message>
        <source>No pieces were found on this photo.</source>
        <translation>这张照片上没有找到废钢件。</translation>
    </message>
    <message>
        <source>Every piece that was found is an object already.</source>
        <translation>找到的废钢件都已标注过了。</translation>
    </message>
    <message>
        <source>The search for pieces was not finished</source>
        <translation>查找废钢件未能完成</translation>
    </message>
    <message>
        <source>Search again</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>The search for pieces on {name} was stopped</source>
        <translation>已停止在 {name} 上查找废钢件</translation>
    </message>
    <message>
        <source>accept a proposal: {name}</source>
        <translation>接受候选：{name}</translation>
    </message>
    <message>
        <source>accept {n} proposals</source>
        <translation>接受 {n} 个候选</translation>
    </message>
    <message>
        <source>reject 1 proposal</source>
        <translation>否决 1 个候选</translation>
    </message>
    <message>
        <source>reject {n} proposals</source>
        <translation>否决 {n} 个候选</translation>
    </message>
    <message>
        <source>discard {n} proposals</source>
        <translation>放弃 {n} 个候选</translation>
    </message>
    <message>
        <source>{n} proposals discarded. {undo} brings them back.</source>
        <translation>已放弃 {n} 个候选，按 {undo} 恢复。</translation>
    </message>
    <message>
        <source>call a proposal {name}</source>
        <translation>候选改为{name}</translation>
    </message>
</context>
<context>
    <name>FindsBar</name>
    <message>
        <source>Draw around some: accept   ·   with Ctrl: reject   ·   {next_mask}, then {accept} or {delete}: one by one</source>
        <translation>圈住几个：接受   ·   按住 Ctrl 圈：否决   ·   {next_mask} 后按 {accept} 或 {delete}：逐个处理</translation>
    </message>
    <message>
        <source>{next_mask}: the next one   ·   {accept}: accept   ·   {delete}: reject   ·   with the mouse: {select} or {box} first</source>
        <translation>{next_mask}：下一个   ·   {accept}：接受   ·   {delete}：否决   ·   用鼠标处理请先按 {select} 或 {box}</translation>
    </message>
    <message>
        <source>Click or {accept}: accept   ·   right click or {delete}: reject   ·   {next_mask}: the next one</source>
        <translation>单击或 {accept}：接受   ·   右键或 {delete}：否决   ·   {next_mask}：下一个</translation>
    </message>
    <message>
        <source>Looking for all pieces…</source>
        <translation>正在查找所有废钢件…</translation>
    </message>
    <message>
        <source>{n} proposals</source>
        <translation>{n} 个候选</translation>
    </message>
    <message>
        <source>{n} of {all} proposals</source>
        <translation>{n} / {all} 个候选</translation>
    </message>
    <message>
        <source>score from {value}</source>
        <translation>得分不低于 {value}</translation>
    </message>
    <message>
        <source>Working on {n} boxes…</source>
        <translation>正在处理 {n} 个框…</translation>
    </message>
    <message>
        <source>Stop ({cancel})</source>
        <translation>停止（{cancel}）</translation>
    </message>
    <message>
        <source>Accept all shown</source>
        <translation>全部接受</translation>
    </message>
    <message>
        <source>Discard all</source>
        <translation>全部放弃</translation>
    </message>
    <message>
        <source>Smallest score shown</source>
        <translation>显示的最低得分</translation>
    </message>
    <message>
        <source>How good the model thinks its mask is (predicted IoU)</source>
        <translation>模型对掩膜质量的自评（预测 IoU）</translation>
    </message>
</context>
<context>
    <name>Fit</name>
    <message>
        <source>{model} does not know the classes of this project</source>
        <translation>{model} 不认识本项目的类别</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{names} and {n} more</source>
        <translation>{names}等（另有 {n} 个）</translation>
    </message>
    <message>
        <source>It has never learnt {names}: masks come as always, but without a suggested class. You can take a CN-CLIP model, which goes by words; or give the classes yourself by their number keys and, after some dozens, let a model learn them (Review, Learn class names…).</source>
        <translation>这些类别它没有学过：{names}。掩膜照常给出，但不会建议类别。可以改用按文字判断的 CN-CLIP 模型；也可以自己按数字键指定类别，标注几十个之后再让模型学习（复核，学习类别…）。</translation>
    </message>
</context>
<context>
    <name>Flow</name>
    <message>
        <source>Review</source>
        <translation>复核</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>检查</translation>
    </message>
</context>
<context>
    <name>GainTable</name>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Shifted by</source>
        <translation>偏移</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>训练前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>训练后</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95 % 区间</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>提高</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>训练前后对比</translation>
    </message>
    <message>
        <source>all of them</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>find all (S1)</source>
        <translation>全图分割（S1）</translation>
    </message>
    <message>
        <source>one point (S2)</source>
        <translation>一个点（S2）</translation>
    </message>
    <message>
        <source>five points (S3)</source>
        <translation>五个点（S3）</translation>
    </message>
    <message>
        <source>five points and five off it (S4)</source>
        <translation>五个正点加五个负点（S4）</translation>
    </message>
    <message>
        <source>box (S5)</source>
        <translation>框（S5）</translation>
    </message>
    <message>
        <source>box and point (S6)</source>
        <translation>框加点（S6）</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>无</translation>
    </message>
    <message>
        <source>DICE on {n} objects of {photos} photos that were not learnt from. The predicted IoU was {before} off, and is {after} off now. Coloured: more than chance.</source>
        <translation>DICE 在未参与训练的 {photos} 张照片的 {n} 个目标上测得。预测 IoU 的误差由 {before} 变为 {after}。带颜色的数值超出偶然波动。</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Gallery</source>
        <translation>图库</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>margin of the model</source>
        <translation>模型给出的分差</translation>
    </message>
    <message>
        <source>First minus second probability. A small margin means: look twice.</source>
        <translation>第一与第二概率之差。分差小时请再看一眼。</translation>
    </message>
    <message>
        <source>Doubtful first</source>
        <translation>可疑的在前</translation>
    </message>
    <message>
        <source>By class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>By photo</source>
        <translation>按照片</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Take back the last change made here  ({undo})</source>
        <translation>撤销在此处做的最后一次修改（{undo}）</translation>
    </message>
    <message>
        <source>1–9: class of the selected, 0: unknown</source>
        <translation>1–9：修改所选目标的类别，0：未知</translation>
    </message>
    <message>
        <source>{right}: right</source>
        <translation>{right}：正确</translation>
    </message>
    <message>
        <source>{wrong}: wrong</source>
        <translation>{wrong}：错误</translation>
    </message>
    <message>
        <source>Enter: show on the photo</source>
        <translation>回车：在照片上显示</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>{n} of {total} selected</source>
        <translation>已选 {n}/{total}</translation>
    </message>
    <message>
        <source>{total} objects</source>
        <translation>{total} 个目标</translation>
    </message>
    <message>
        <source>No object matches. Choose &quot;All&quot; at the left and empty the line above to see every one.</source>
        <translation>没有符合条件的目标。在左侧选择“全部”并清空上方的筛选框，即可看到所有目标。</translation>
    </message>
    <message>
        <source>No objects yet. What is accepted or proposed on the photos appears here.</source>
        <translation>还没有目标。照片上已接受的目标和候选会显示在这里。</translation>
    </message>
    <message>
        <source>proposed</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>reviewed</source>
        <translation>已复核</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>已否决</translation>
    </message>
    <message>
        <source>{name}, {state}</source>
        <translation>{name}，{state}</translation>
    </message>
    <message>
        <source>The model: {name} {share}, margin {margin}</source>
        <translation>模型：{name} {share}，分差 {margin}</translation>
    </message>
    <message>
        <source>change to {name}</source>
        <translation>改为{name}</translation>
    </message>
    <message>
        <source>mark as reviewed</source>
        <translation>标为已复核</translation>
    </message>
    <message>
        <source>reject</source>
        <translation>否决</translation>
    </message>
</context>
<context>
    <name>Guide</name>
    <message>
        <source>Open a folder of photos</source>
        <translation>打开照片文件夹</translation>
    </message>
    <message>
        <source>Annotations are kept beside the photos.</source>
        <translation>标注保存在照片旁边。</translation>
    </message>
    <message>
        <source>There are no photos in this folder</source>
        <translation>这个文件夹里没有照片</translation>
    </message>
    <message>
        <source>JPEG, PNG, TIFF, BMP and WebP are read, also in folders below.</source>
        <translation>支持 JPEG、PNG、TIFF、BMP 和 WebP，也会读取子文件夹。</translation>
    </message>
    <message>
        <source>Opening the photo…</source>
        <translation>正在打开照片…</translation>
    </message>
    <message>
        <source>This photo cannot be shown</source>
        <translation>这张照片无法显示</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Show the samples</source>
        <translation>查看示例</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>User guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
</context>
<context>
    <name>Hint</name>
    <message>
        <source>Draw a new object. Select one first to add to it</source>
        <translation>画出一个新目标；先选中目标则添加到它</translation>
    </message>
    <message>
        <source>Paint a new object, or select one first to add to it. The wheel sets the size</source>
        <translation>涂出一个新目标；先选中目标则添加到它。滚轮调节大小</translation>
    </message>
    <message>
        <source>Adds to the selected object, Ctrl erases, the wheel sets the size. {cancel}: a new one</source>
        <translation>涂到所选目标上；按住 Ctrl 擦除，滚轮调大小，{cancel} 后另画新目标</translation>
    </message>
    <message>
        <source>Adds to the selected object, Ctrl or right button takes away. {cancel}: a new one</source>
        <translation>添加到所选目标；按住 Ctrl 或用右键则去掉，{cancel} 后另画新目标</translation>
    </message>
    <message>
        <source>Click the corners of a new object. {accept} closes, Backspace takes one back</source>
        <translation>逐点画出新目标。{accept} 闭合，Backspace 撤回一点</translation>
    </message>
    <message>
        <source>Click the corners of what to add. {accept} closes; with Ctrl on the first corner: take away</source>
        <translation>逐点圈出要添加的部分，{accept} 闭合；按住 Ctrl 单击起点则去掉</translation>
    </message>
    <message>
        <source>Draw a line through an object, from side to side. Shift makes it straight</source>
        <translation>画一条线，从一侧到另一侧穿过目标；按住 Shift 画直线</translation>
    </message>
    <message>
        <source>Draw a line through the selected object, from side to side. Shift makes it straight</source>
        <translation>画一条线，从一侧到另一侧穿过所选目标；按住 Shift 画直线</translation>
    </message>
    <message>
        <source>Click the object whose outline to change</source>
        <translation>单击要修改轮廓的目标</translation>
    </message>
    <message>
        <source>Drag corners. Click the line for a new one, right click takes one away</source>
        <translation>拖动顶点，单击边线添加，右键删除</translation>
    </message>
    <message>
        <source>The annotations cannot be read, so nothing can be changed here</source>
        <translation>标注无法读取，这张照片只能查看</translation>
    </message>
    <message>
        <source>The model is still loading; your prompt is kept</source>
        <translation>模型仍在加载，您的提示已保留</translation>
    </message>
    <message>
        <source>There is no model for masks yet. Choose one at the lower right</source>
        <translation>还没有可用的分割模型，请在右下角选择</translation>
    </message>
    <message>
        <source>The mask is accepted as soon as it is there. Press to call it off</source>
        <translation>掩膜生成后会自动接受，按此键取消</translation>
    </message>
    <message>
        <source>Working on the mask…</source>
        <translation>正在生成掩膜…</translation>
    </message>
    <message>
        <source>The model failed at this. Choose another one at the lower right, or try again</source>
        <translation>模型在此处出错，没有给出结果。请在右下角换一个模型，或再试一次</translation>
    </message>
    <message>
        <source>Nothing was found here. Add a point or draw the box again</source>
        <translation>这里没有找到目标。请加一个点，或重新画框</translation>
    </message>
    <message>
        <source>Objects are not shown at present. Press to see them</source>
        <translation>目标现在都不显示，按此键恢复显示</translation>
    </message>
    <message>
        <source>What is selected is hidden. Press to see it</source>
        <translation>选中的目标已隐藏，按此键显示</translation>
    </message>
    <message>
        <source>What is selected is locked. Press to unlock it</source>
        <translation>选中的目标已锁定，按此键解锁</translation>
    </message>
    <message>
        <source>Several are selected: Ctrl takes pixels from all. Select one to add to</source>
        <translation>选中了多个目标：按住 Ctrl 可一起擦除；要添加请只选一个</translation>
    </message>
    <message>
        <source>Draw a box around a piece. Points instead: {points}</source>
        <translation>框住一件废钢。想用点提示请按 {points}</translation>
    </message>
    <message>
        <source>Draw a box around a piece</source>
        <translation>框住一件废钢</translation>
    </message>
    <message>
        <source>Click on a piece. Right click marks what does not belong to it</source>
        <translation>单击目标；右键标出不属于它的部分</translation>
    </message>
    <message>
        <source>Press for a pointer on the photo that the arrow keys move</source>
        <translation>按此键在照片上显示可用方向键移动的指针</translation>
    </message>
    <message>
        <source>Arrow keys draw, Space ends it here. Press to call it off</source>
        <translation>方向键绘制，空格键在此结束。按此键取消</translation>
    </message>
    <message>
        <source>Arrow keys move, Space clicks, {pointer_right} right-clicks. Press to put it away</source>
        <translation>方向键移动，空格键单击，{pointer_right} 右击。按此键收起指针</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>As it was opened</source>
        <translation>打开时的状态</translation>
    </message>
    <message>
        <source>History of this photo</source>
        <translation>这张照片的历史记录</translation>
    </message>
    <message>
        <source>Click a step to go back to it</source>
        <translation>单击某一步即可回到该步</translation>
    </message>
</context>
<context>
    <name>HowSure</name>
    <message>
        <source>Compares how sure the model says it is with how often it is right, on accepted and reviewed objects (at least {n} are needed), and corrects its sureness by one number, the temperature.</source>
        <translation>用已接受和已复核的目标（至少 {n} 个）比较模型给出的概率与实际正确率，并用一个数（温度）校正概率。</translation>
    </message>
    <message>
        <source>The threshold is chosen so that this share of the names given is right</source>
        <translation>按此正确率选取阈值：给出的名称中有这么多是对的</translation>
    </message>
    <message>
        <source>Share of names to be right</source>
        <translation>期望的命名正确率</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>Temperature and threshold are written into project.toml and hold here at once</source>
        <translation>温度和阈值写入 project.toml，并在窗口中立即生效</translation>
    </message>
    <message>
        <source>how sure it says it is</source>
        <translation>模型给出的概率</translation>
    </message>
    <message>
        <source>how many are right</source>
        <translation>实际正确率</translation>
    </message>
    <message>
        <source>as the model says</source>
        <translation>校正前</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>校正后</translation>
    </message>
    <message>
        <source>Reliability</source>
        <translation>可靠性图</translation>
    </message>
    <message>
        <source>On the diagonal a model is as often right as it says. Large dots: many objects. Dotted line: the suggested threshold</source>
        <translation>落在对角线上表示概率与正确率一致；点越大，目标越多；虚线为建议的阈值</translation>
    </message>
    <message>
        <source>Press &quot;{button}&quot;: figures and a curve appear here.</source>
        <translation>点“{button}”，数字和曲线会显示在这里。</translation>
    </message>
    <message>
        <source>{n} confirmed objects, {share} named rightly</source>
        <translation>{n} 个已确认的目标，命名正确率 {share}</translation>
    </message>
    <message>
        <source>Mean error of its sureness: {before}, corrected {after}</source>
        <translation>校准误差（ECE）：{before}，校正后 {after}</translation>
    </message>
    <message>
        <source>Temperature {value} (1: no correction; above 1 it is too sure of itself)</source>
        <translation>温度 {value}（1 表示无需校正，大于 1 表示模型过于自信）</translation>
    </message>
    <message>
        <source>No threshold gives {share} right names. The present one, {below}, stays.</source>
        <translation>没有能使正确率达到 {share} 的阈值，仍用现在的 {below}。</translation>
    </message>
    <message>
        <source>Suggested: unknown below {below}. Then {share} of the names are right, and {named} get one.</source>
        <translation>建议：概率低于 {below} 的记为未知。这样给出的名称有 {share} 正确，{named} 的目标能得到名称。</translation>
    </message>
    <message>
        <source>Measured. Nothing is written yet.</source>
        <translation>测量完成，尚未写入。</translation>
    </message>
    <message>
        <source>In use: unknown below {below}, temperature {value} for {model}.</source>
        <translation>已采用：低于 {below} 为未知，{model} 的温度为 {value}。</translation>
    </message>
</context>
<context>
    <name>ImageDelegate</name>
    <message>
        <source>photo cannot be read</source>
        <translation>照片无法读取</translation>
    </message>
    <message>
        <source>page cannot be read</source>
        <translation>标注页无法读取</translation>
    </message>
    <message>
        <source>sent back by the reviewer</source>
        <translation>被复核人退回</translation>
    </message>
    <message>
        <source>nothing here</source>
        <translation>没有目标</translation>
    </message>
    <message>
        <source>to do</source>
        <translation>待标注</translation>
    </message>
    <message>
        <source>1 object</source>
        <translation>1 个目标</translation>
    </message>
    <message>
        <source>{n} objects</source>
        <translation>{n} 个目标</translation>
    </message>
</context>
<context>
    <name>ImagesModel</name>
    <message>
        <source>The photo cannot be read</source>
        <translation>照片无法读取</translation>
    </message>
    <message>
        <source>Being embedded…</source>
        <translation>正在编码…</translation>
    </message>
    <message>
        <source>Embedded: the first click is answered at once</source>
        <translation>已编码：第一次点击立即出结果</translation>
    </message>
    <message>
        <source>Not embedded yet: the first click will wait for it</source>
        <translation>尚未编码：第一次点击需要等待编码</translation>
    </message>
</context>
<context>
    <name>ImagesPanel</name>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Photos done</source>
        <translation>已完成的照片</translation>
    </message>
    <message>
        <source>{done} of {total} done</source>
        <translation>已完成 {done}/{total}</translation>
    </message>
    <message>
        <source>{n} of {total}</source>
        <translation>{n}/{total}</translation>
    </message>
    <message>
        <source>No photo matches. Empty the line above to see all {n}.</source>
        <translation>没有符合条件的照片。清空上方的筛选框，即可看到全部 {n} 张。</translation>
    </message>
</context>
<context>
    <name>Importing</name>
    <message>
        <source>Annotations in a COCO file</source>
        <translation>COCO 文件中的标注</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>正在读取 {name}…</translation>
    </message>
    <message>
        <source>{n} objects on {photos} photos brought in</source>
        <translation>已导入 {photos} 张照片上的 {n} 个目标</translation>
    </message>
    <message>
        <source>{n} were there already.</source>
        <translation>{n} 个原来就有。</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 个</translation>
    </message>
    <message>
        <source>Left out: {what}.</source>
        <translation>未导入：{what}。</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>bring in {name}</source>
        <translation>导入 {name}</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Change keys</source>
        <translation>自定义快捷键</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新快捷键</translation>
    </message>
    <message>
        <source>Use this key</source>
        <translation>使用此键</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>不设快捷键</translation>
    </message>
    <message>
        <source>The key this program came with</source>
        <translation>程序自带的快捷键</translation>
    </message>
    <message>
        <source>{key} always means &quot;{name}&quot;. Choose another key.</source>
        <translation>{key} 固定用于“{name}”。请换一个键。</translation>
    </message>
    <message>
        <source>{key} belongs to &quot;{name}&quot;. Using it here takes it away there.</source>
        <translation>{key} 已用于“{name}”。在这里使用后，那里将不再有此键。</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; has no key now.</source>
        <translation>“{name}”现在没有快捷键了。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Restore all</source>
        <translation>全部恢复默认</translation>
    </message>
    <message>
        <source>This key is used twice: it will do nothing</source>
        <translation>此键被重复使用，按下不会有反应</translation>
    </message>
    <message>
        <source>Press Enter on an action, or click into the field, then press the new key.</source>
        <translation>在操作上按回车，或单击输入框，然后按下新的快捷键。</translation>
    </message>
    <message>
        <source>{key} is free.</source>
        <translation>{key} 可以使用。</translation>
    </message>
</context>
<context>
    <name>LabelList</name>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Unknown below</source>
        <translation>低于此概率为未知</translation>
    </message>
    <message>
        <source>A class less probable than this is no class</source>
        <translation>概率低于此值的类别不予采用</translation>
    </message>
    <message>
        <source>{name}: press {key}</source>
        <translation>{name}：按 {key}</translation>
    </message>
    <message>
        <source>In words: {words}</source>
        <translation>提示词：{words}</translation>
    </message>
</context>
<context>
    <name>LabelsPanel</name>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>margin {value}</source>
        <translation>分差 {value}</translation>
    </message>
    <message>
        <source>First minus second probability. A small margin means: look twice.</source>
        <translation>第一与第二概率之差。分差小时请再看一眼。</translation>
    </message>
    <message>
        <source>{model} does not know these classes</source>
        <translation>{model} 不认识这些类别</translation>
    </message>
    <message>
        <source>By other words than now ({model})</source>
        <translation>所用文字与现在不同（{model}）</translation>
    </message>
    <message>
        <source>The words of the classes were changed after {model} named this. &quot;Names of pieces…&quot; under Review names unconfirmed objects again.</source>
        <translation>{model} 命名之后，类别用词已被修改。可用“复核”菜单中的“目标命名…”为未确认的目标重新命名。</translation>
    </message>
    <message>
        <source>By the words {words} ({model})</source>
        <translation>提示词：{words}（{model}）</translation>
    </message>
    <message>
        <source>What {model} compared the piece with, for its first class:</source>
        <translation>{model} 判定首选类别时，与目标比较的句子：</translation>
    </message>
    <message>
        <source>Named by {model}</source>
        <translation>由 {model} 判定</translation>
    </message>
    <message>
        <source>Version of the words: {version}</source>
        <translation>用词版本：{version}</translation>
    </message>
</context>
<context>
    <name>LearnNamesDialog</name>
    <message>
        <source>Learn class names</source>
        <translation>学习类别</translation>
    </message>
    <message>
        <source>What {model} sees of an object stays; which class that means is learnt anew from the accepted objects. It takes seconds to a few minutes, and is used only when you say so.</source>
        <translation>{model} 提取的图像特征保持不变，只用已接受的目标重新学习“特征属于哪一类”。需要几秒到几分钟，您确认后才会启用。</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Enough?</source>
        <translation>是否足够</translation>
    </message>
    <message>
        <source>Classes and their objects</source>
        <translation>各类别的目标数</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>It is in the list of models under this name.</source>
        <translation>在模型列表中以此名称出现。</translation>
    </message>
    <message>
        <source>The photos of one folder (a truckload, a railcar)</source>
        <translation>同一文件夹的照片（一车料、一节车皮）</translation>
    </message>
    <message>
        <source>Photos of the same pieces must not be both learnt from and judged by: it would flatter.</source>
        <translation>拍到同一批料的照片不能既用来学习又用来评判，否则结果会虚高。</translation>
    </message>
    <message>
        <source>Classifier</source>
        <translation>分类模型</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Mean F1 of the classes</source>
        <translation>各类平均 F1</translation>
    </message>
    <message>
        <source>How often each is right</source>
        <translation>各分类模型的准确率</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>学习</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>From now on it names the classes, as if chosen in the list of models.</source>
        <translation>从现在起由它判断类别，与在模型面板中选择它一样。</translation>
    </message>
    <message>
        <source>Counting the objects…</source>
        <translation>正在统计目标…</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: too few. Two classes on two photos are the least.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：太少。至少需要两个类别，分布在两张照片上。</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: enough, but not for every class.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：总数够了，但有的类别还没有目标。</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: enough to try; some classes want more.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：可以一试，部分类别最好再多一些。</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: enough.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：足够。</translation>
    </message>
    <message>
        <source>none: it would never be proposed</source>
        <translation>没有：学成后不会提出这一类</translation>
    </message>
    <message>
        <source>a single one: nothing to judge it by</source>
        <translation>只有一个：无法评判</translation>
    </message>
    <message>
        <source>on one photo only: nothing to judge it by</source>
        <translation>都在同一张照片上：无法评判</translation>
    </message>
    <message>
        <source>Kept together</source>
        <translation>同组照片</translation>
    </message>
    <message>
        <source>Each photo by itself</source>
        <translation>每张照片单独成组</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: few. It can be judged from about {least}.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：偏少。约 {least} 个以上才能可靠评判。</translation>
    </message>
    <message>
        <source>few; reliable from about {n}</source>
        <translation>偏少，约 {n} 个以上才可靠</translation>
    </message>
    <message>
        <source>enough</source>
        <translation>足够</translation>
    </message>
    <message>
        <source>There is a model of this name already.</source>
        <translation>已有同名的模型。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不启用</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>It stays in the list of models, to be chosen or removed there.</source>
        <translation>它会留在模型列表中，以后可在那里选用或删除。</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Looking at photo {done} of {total}</source>
        <translation>正在看第 {done} 张照片，共 {total} 张</translation>
    </message>
    <message>
        <source>Learning and judging…</source>
        <translation>正在学习并评判…</translation>
    </message>
    <message>
        <source>Stopped. There is no new classifier.</source>
        <translation>已停止，没有生成新的分类模型。</translation>
    </message>
    <message>
        <source>It could not be done.</source>
        <translation>未能完成。</translation>
    </message>
    <message>
        <source>Judged on {n} objects of {photos} photos, each by what was learnt from other photos only.</source>
        <translation>交叉验证：{photos} 张照片上的 {n} 个目标，判断每个目标时只用从其他照片学到的内容。</translation>
    </message>
    <message>
        <source>{present} learnt from such objects itself, so {base} beneath it is what is compared.</source>
        <translation>{present} 本身就是从这类目标学来的，直接比较会偏高，因此与它所基于的 {base} 比较。</translation>
    </message>
    <message>
        <source>{model} is a model of your own: if it learnt from these objects, its figures flatter it.</source>
        <translation>{model} 是您自己的模型：如果它学过这些目标，它的准确率会偏高。</translation>
    </message>
    <message>
        <source>It never proposes: {classes}.</source>
        <translation>它不会提出：{classes}。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{model} does not know these classes: there is nothing to compare it with.</source>
        <translation>{model} 不认识这些类别，没有可以比较的对象。</translation>
    </message>
    <message>
        <source>Better by {by} percentage points (95 % interval {low} to {high}).</source>
        <translation>准确率提高 {by} 个百分点（95 % 置信区间 {low} 到 {high}）。</translation>
    </message>
    <message>
        <source>Worse by {by} percentage points (95 % interval {low} to {high}): better not use it.</source>
        <translation>准确率降低 {by} 个百分点（95 % 置信区间 {low} 到 {high}）：不建议启用。</translation>
    </message>
    <message>
        <source>Perhaps better: {by} percentage points, which may be chance (95 % interval {low} to {high}).</source>
        <translation>可能略好：{by} 个百分点，但也可能是偶然（95 % 置信区间 {low} 到 {high}）。</translation>
    </message>
    <message>
        <source>Not better: {by} percentage points (95 % interval {low} to {high}). Better keep {model}.</source>
        <translation>没有提高：{by} 个百分点（95 % 置信区间 {low} 到 {high}）。建议继续使用 {model}。</translation>
    </message>
    <message>
        <source>… and {n} more</source>
        <translation>…… 另有 {n} 条</translation>
    </message>
</context>
<context>
    <name>LearnOffer</name>
    <message>
        <source>Your corrections can teach the program its class names</source>
        <translation>您的更正可以用来改进类别判断</translation>
    </message>
    <message>
        <source>{n} of {all} names were corrected. From the {pieces} accepted objects better ones may be learnt in a minute; you see how good they are before they are used.</source>
        <translation>模型给出的 {all} 个类别中有 {n} 个被更正。用这 {pieces} 个已接受的目标，大约一分钟就可能学得更准；启用前会先给出准确率。</translation>
    </message>
    <message>
        <source>Have a look…</source>
        <translation>看一看…</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>{folder} is not opened yet</source>
        <translation>尚未打开“{folder}”</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>Still here: {what}. That would be gone with this folder.</source>
        <translation>这里还有：{what}。切换文件夹后这些将会丢失。</translation>
    </message>
    <message>
        <source>Open it all the same</source>
        <translation>仍然打开</translation>
    </message>
    <message>
        <source>photos that are not saved: {n}</source>
        <translation>未保存的照片 {n} 张</translation>
    </message>
    <message>
        <source>masks that are not accepted: {n}</source>
        <translation>未接受的掩膜 {n} 个</translation>
    </message>
    <message>
        <source>proposals nobody has decided on: {n}</source>
        <translation>未处理的候选 {n} 个</translation>
    </message>
    <message>
        <source>boxes without an answer: {n}</source>
        <translation>未得到结果的框 {n} 个</translation>
    </message>
    <message>
        <source>a search for pieces</source>
        <translation>正在进行的查找</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>proposed</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>reviewed</source>
        <translation>已复核</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>已否决</translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MiniMap</name>
    <message>
        <source>Overview map</source>
        <translation>导航缩略图</translation>
    </message>
    <message>
        <source>Click to go there. {minimap} hides it</source>
        <translation>单击即可跳到该处，按 {minimap} 隐藏</translation>
    </message>
</context>
<context>
    <name>ModelDetail</name>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>draws masks</source>
        <translation>生成掩膜</translation>
    </message>
    <message>
        <source>names classes</source>
        <translation>判断类别</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>no file</source>
        <translation>无需文件</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>(code; nothing separate is said of the weights)</source>
        <translation>（指代码；权重未另行说明）</translation>
    </message>
    <message>
        <source>(non-commercial use only)</source>
        <translation>（仅限非商业用途）</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>My use is not commercial, and I accept this licence</source>
        <translation>我的使用不涉及商业用途，并接受此许可证</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>It is in use</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Go on downloading</source>
        <translation>继续下载</translation>
    </message>
    <message>
        <source>Download again</source>
        <translation>重新下载</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Check the file</source>
        <translation>校验文件</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Choose another model first</source>
        <translation>请先换用别的模型</translation>
    </message>
    <message>
        <source>Without a network</source>
        <translation>没有网络时</translation>
    </message>
    <message>
        <source>Address of the file</source>
        <translation>文件地址</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Download the file on another computer, carry it here and drop it on this window. Or put it into this folder under the name {file}:
{folder}</source>
        <translation>在另一台电脑上下载该文件，带到这里并拖到本窗口上；或以 {file} 为名放入此文件夹：
{folder}</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
</context>
<context>
    <name>ModelNews</name>
    <message>
        <source>Models…</source>
        <translation>模型…</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>Comes with the program. Boxes and points, quick on any computer.</source>
        <translation>随程序自带。支持框和点，在任何电脑上都很快。</translation>
    </message>
    <message>
        <source>Comes with the program. A first guess at the seven steel shapes.</source>
        <translation>随程序自带。对七种钢材形状的初步判断。</translation>
    </message>
    <message>
        <source>The original, in its smallest size: on scrap about as accurate as SAM-L.</source>
        <translation>原版 SAM 的最小型号：在废钢上与 SAM-L 精度相当。</translation>
    </message>
    <message>
        <source>On scrap about as accurate as SAM-B, and slower. Take SAM-B first.</source>
        <translation>在废钢上与 SAM-B 精度相当，但更慢。请先用 SAM-B。</translation>
    </message>
    <message>
        <source>The largest and slowest of the originals. Wants a graphics card.</source>
        <translation>原版中最大、最慢的型号。建议使用显卡。</translation>
    </message>
    <message>
        <source>The classical way, by colour alone. For comparison.</source>
        <translation>传统方法，只看颜色，用于对比。</translation>
    </message>
    <message>
        <source>SAM-B with finer mask borders.</source>
        <translation>掩膜边缘更精细的 SAM-B。</translation>
    </message>
    <message>
        <source>SAM-L with finer mask borders. Slow without a graphics card.</source>
        <translation>掩膜边缘更精细的 SAM-L。没有显卡时较慢。</translation>
    </message>
    <message>
        <source>SAM-H with finer mask borders. Wants a graphics card.</source>
        <translation>掩膜边缘更精细的 SAM-H。建议使用显卡。</translation>
    </message>
    <message>
        <source>Robust: forgives boxes and points that are not exact. Small as well.</source>
        <translation>稳健：框和点不太准也能分割好，而且体积小。</translation>
    </message>
    <message>
        <source>The fastest of the paper&apos;s models. The first to try without a graphics card.</source>
        <translation>论文所测模型中最快的。没有显卡时首选。</translation>
    </message>
    <message>
        <source>Small and fast, made for phones.</source>
        <translation>小而快，为手机设计。</translation>
    </message>
    <message>
        <source>The best with precise prompts: boxes that fit, points in the middle.</source>
        <translation>提示精确时最好：框贴合、点居中。</translation>
    </message>
    <message>
        <source>Names any class that has Chinese words. The smallest of its kind, and the least sure.</source>
        <translation>按中文描述判断任意类别。同类中最小的模型，把握也最低。</translation>
    </message>
    <message>
        <source>Names any class that has Chinese words, without training. The first to try.</source>
        <translation>按中文描述判断任意类别，无需训练。建议先试这个。</translation>
    </message>
    <message>
        <source>Names any class that has Chinese words. Larger, surer, several times slower.</source>
        <translation>按中文描述判断任意类别。模型更大、更有把握，速度慢数倍。</translation>
    </message>
    <message>
        <source>ViT-L/14 on larger crops: for pieces told apart by small details. Wants a graphics card.</source>
        <translation>输入尺寸更大的 ViT-L/14：适合靠细节区分的废钢件。建议使用显卡。</translation>
    </message>
    <message>
        <source>The largest that names classes by Chinese words. Wants a graphics card.</source>
        <translation>按中文描述判断类别的最大模型。建议使用显卡。</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>自带</translation>
    </message>
    <message>
        <source>on this computer</source>
        <translation>已在本机</translation>
    </message>
    <message>
        <source>download begun</source>
        <translation>下载未完成</translation>
    </message>
    <message>
        <source>to download</source>
        <translation>待下载</translation>
    </message>
    <message>
        <source>file missing</source>
        <translation>缺少文件</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Adding</source>
        <translation>正在添加</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>正在移除</translation>
    </message>
    <message>
        <source>Packing</source>
        <translation>正在打包</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>正在解包</translation>
    </message>
    <message>
        <source>There is no network, or the address is not known there.</source>
        <translation>没有网络，或找不到该地址。</translation>
    </message>
    <message>
        <source>The server did not answer in time.</source>
        <translation>服务器没有及时应答。</translation>
    </message>
    <message>
        <source>The connection broke off.</source>
        <translation>连接中断。</translation>
    </message>
    <message>
        <source>A web page came instead of the file: perhaps the network wants you to sign in.</source>
        <translation>收到的是网页而不是文件：网络可能要求先登录。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not trusted.</source>
        <translation>服务器的证书不受信任。</translation>
    </message>
    <message>
        <source>The server gives another file than the official one.</source>
        <translation>服务器给出的不是官方文件。</translation>
    </message>
    <message>
        <source>The server does not give the file.</source>
        <translation>服务器不提供该文件。</translation>
    </message>
    <message>
        <source>There is no connection to the server.</source>
        <translation>无法连接服务器。</translation>
    </message>
    <message>
        <source>This is an exported program (TorchScript), not a checkpoint.</source>
        <translation>这是导出的程序（TorchScript），不是权重文件。</translation>
    </message>
    <message>
        <source>The file holds more than weights and could run as a program. It was not opened.</source>
        <translation>文件中不只有权重，可能会作为程序运行，因此没有打开。</translation>
    </message>
    <message>
        <source>The end of the file is missing. Fetch or copy it again.</source>
        <translation>文件不完整，缺少结尾。请重新下载或复制。</translation>
    </message>
    <message>
        <source>The file is damaged or was replaced. Download it again.</source>
        <translation>文件已损坏或被替换。请重新下载。</translation>
    </message>
    <message>
        <source>This is not a checkpoint.</source>
        <translation>这不是权重文件。</translation>
    </message>
    <message>
        <source>This is not a pack of models.</source>
        <translation>这不是模型包。</translation>
    </message>
    <message>
        <source>The pack is not whole. Copy it again.</source>
        <translation>模型包不完整。请重新复制。</translation>
    </message>
    <message>
        <source>It looks like a known model but is not its official file: fine-tuned, perhaps.</source>
        <translation>结构与已知模型相同，但不是其官方文件：可能经过微调。</translation>
    </message>
    <message>
        <source>This model is part of the program.</source>
        <translation>这个模型是程序自带的。</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>没有这个文件。</translation>
    </message>
    <message>
        <source>{n} s left</source>
        <translation>还需 {n} 秒</translation>
    </message>
    <message>
        <source>{n} min left</source>
        <translation>还需 {n} 分钟</translation>
    </message>
    <message>
        <source>checking the file</source>
        <translation>正在校验文件</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>Look at it under Models: check it, download it again, or remove it.</source>
        <translation>请在“模型”中处理：校验、重新下载或移除。</translation>
    </message>
    <message>
        <source>Get it under Models.</source>
        <translation>请在“模型”中获取。</translation>
    </message>
    <message>
        <source>{name} stays in use.</source>
        <translation>继续使用 {name}。</translation>
    </message>
    <message>
        <source>{name} broke off</source>
        <translation>{name} 运行出错</translation>
    </message>
    <message>
        <source>Your work is kept. Try again, or choose another model; details are in the log.</source>
        <translation>您的工作已保留。请再试一次，或换用其他模型；详情见日志。</translation>
    </message>
    <message>
        <source>{name} crashed and was started again</source>
        <translation>{name} 意外退出，已自动重新启动</translation>
    </message>
    <message>
        <source>Your work is kept. Choose {name} again when you like.</source>
        <translation>您的工作已保留。您可以随时重新选用 {name}。</translation>
    </message>
    <message>
        <source>What has come so far is kept. Try again, ask for the network&apos;s proxy, or carry the file here, see above.</source>
        <translation>已下载的部分已保留。请重试，询问网络代理的设置，或按上方说明把文件带到这里。</translation>
    </message>
    <message>
        <source>{name}: {text}</source>
        <translation>{name}：{text}</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <translation>{first}{second}</translation>
    </message>
    <message>
        <source>{name} crashed again; {other} is used now</source>
        <translation>{name} 再次意外退出；现在改用 {other}</translation>
    </message>
    <message>
        <source>Your work is kept, and what it was asked is asked once more.</source>
        <translation>您的工作已保留，刚才的请求会自动再执行一次。</translation>
    </message>
    <message>
        <source>{name} crashed again</source>
        <translation>{name} 再次意外退出</translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>With every model, a box and a point together are the surest prompt.</source>
        <translation>无论用哪个模型，框加点都是最稳妥的提示。</translation>
    </message>
    <message>
        <source>Add it under a name of its own…</source>
        <translation>以新名称添加…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Unpack…</source>
        <translation>解包…</translation>
    </message>
    <message>
        <source>Pack…</source>
        <translation>打包…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>A checkpoint you have. Its contents tell which model it is. Or drop it here.</source>
        <translation>已有的权重文件；程序根据内容识别是哪个模型。也可以直接拖到这里。</translation>
    </message>
    <message>
        <source>Take the models of a pack, from a USB stick for instance.</source>
        <translation>从模型包（例如 U 盘上的）中取出模型。</translation>
    </message>
    <message>
        <source>Write the selected models into one file for a USB stick. Ctrl selects several.</source>
        <translation>把选中的模型写成一个文件，可放入 U 盘。按住 Ctrl 可多选。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Remove {name} from this computer?</source>
        <translation>从本机移除 {name}？</translation>
    </message>
    <message>
        <source>{size} become free. What it has annotated stays.</source>
        <translation>将释放 {size}。用它标注的内容会保留。</translation>
    </message>
    <message>
        <source>What it has annotated stays.</source>
        <translation>用它标注的内容会保留。</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>权重文件</translation>
    </message>
    <message>
        <source>Add a file</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Reading {file}…</source>
        <translation>正在读取 {file}…</translation>
    </message>
    <message>
        <source>A model of your own</source>
        <translation>自己的模型</translation>
    </message>
    <message>
        <source>Its name, of letters, digits, - and .:</source>
        <translation>名称（可用文字、数字、- 和 .）：</translation>
    </message>
    <message>
        <source>Unpack</source>
        <translation>解包</translation>
    </message>
    <message>
        <source>Packs of models</source>
        <translation>模型包</translation>
    </message>
    <message>
        <source>Pack</source>
        <translation>打包</translation>
    </message>
    <message>
        <source>Packing {n} models…</source>
        <translation>正在打包 {n} 个模型…</translation>
    </message>
    <message>
        <source>Stopped. What has come so far is kept.</source>
        <translation>已停止。已下载的部分已保留。</translation>
    </message>
    <message>
        <source>{file} has the structure of {model}, but is not its official file</source>
        <translation>{file} 与 {model} 结构相同，但不是其官方文件</translation>
    </message>
    <message>
        <source>Fine-tuned, perhaps: under a name of its own it can be used. If it should be the official one, download that again.</source>
        <translation>也许经过微调：另起一个名称就可以使用。如果本该是官方文件，请重新下载。</translation>
    </message>
    <message>
        <source>{name} is on this computer and can be used.</source>
        <translation>{name} 已在本机，可以使用。</translation>
    </message>
    <message>
        <source>Its licence forbids commercial use: {licence}</source>
        <translation>其许可证禁止商业用途：{licence}</translation>
    </message>
    <message>
        <source>Nobody publishes a check sum for it; that of this file is recorded.</source>
        <translation>官方没有公布校验值；已记录此文件的校验值。</translation>
    </message>
    <message>
        <source>{name} is whole.</source>
        <translation>{name} 完好。</translation>
    </message>
    <message>
        <source>{name} is removed.</source>
        <translation>已移除 {name}。</translation>
    </message>
    <message>
        <source>Packed: {file}</source>
        <translation>已打包：{file}</translation>
    </message>
    <message>
        <source>On the other computer: Models, Unpack.</source>
        <translation>在另一台电脑上：“模型”→“解包”。</translation>
    </message>
    <message>
        <source>Unpacked: {names}</source>
        <translation>已解包：{names}</translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Manage…</source>
        <translation>管理…</translation>
    </message>
    <message>
        <source>Download, add and check models</source>
        <translation>下载、添加和校验模型</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>掩膜</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Model that draws masks</source>
        <translation>分割模型（生成掩膜）</translation>
    </message>
    <message>
        <source>Model that names classes</source>
        <translation>分类模型（判断类别）</translation>
    </message>
    <message>
        <source>Loading {name}…</source>
        <translation>正在加载 {name}…</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>NameAgain</name>
    <message>
        <source>Names all proposed objects again, those that nobody has confirmed. What would change is shown first; nothing is changed before you apply it.</source>
        <translation>为所有候选目标（尚未有人确认）重新命名。先列出会有的变化，点“应用”之前不作任何改动。</translation>
    </message>
    <message>
        <source>See what would change</source>
        <translation>查看变化</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Only objects still unconfirmed are changed; it can be taken back</source>
        <translation>只改动仍未确认的目标，之后可以撤回</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Old and new names</source>
        <translation>原名称与新名称</translation>
    </message>
    <message>
        <source>Objects whose name would change</source>
        <translation>名称会变的目标</translation>
    </message>
    <message>
        <source>Double click or Enter shows the object on its photo</source>
        <translation>双击或按回车，在照片上查看该目标</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Would be</source>
        <translation>改为</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>分差</translation>
    </message>
    <message>
        <source>Press &quot;{button}&quot;: what would get another name is listed here.</source>
        <translation>点“{button}”，会改名的目标将列在这里。</translation>
    </message>
    <message>
        <source>unknown below {share}</source>
        <translation>低于 {share} 为未知</translation>
    </message>
    <message>
        <source>{n} unconfirmed objects looked at, {moved} would get another name ({below}).</source>
        <translation>检查了 {n} 个未确认的目标，其中 {moved} 个会改名（{below}）。</translation>
    </message>
    <message>
        <source>Photos left out: {names}</source>
        <translation>跳过的照片：{names}</translation>
    </message>
    <message>
        <source>No object would get another name.</source>
        <translation>没有目标会改名。</translation>
    </message>
    <message>
        <source>{n} more keep their name and get new probabilities.</source>
        <translation>另有 {n} 个名称不变，只更新概率。</translation>
    </message>
    <message>
        <source>All: {n}</source>
        <translation>全部：{n}</translation>
    </message>
    <message>
        <source>{before} → {after}: {n}</source>
        <translation>{before} → {after}：{n}</translation>
    </message>
    <message>
        <source>… and {n} more</source>
        <translation>…… 另有 {n} 条</translation>
    </message>
    <message>
        <source>Changing…</source>
        <translation>正在修改…</translation>
    </message>
    <message>
        <source>name again</source>
        <translation>重新命名</translation>
    </message>
    <message>
        <source>Objects changed: {n}</source>
        <translation>已修改 {n} 个目标</translation>
    </message>
    <message>
        <source>Taken back. Photos edited since then keep their names.</source>
        <translation>已撤回。此后又编辑过的照片保持不变。</translation>
    </message>
</context>
<context>
    <name>NameViews</name>
    <message>
        <source>Tight box</source>
        <translation>紧贴外框</translation>
    </message>
    <message>
        <source>The object and what lies in its box</source>
        <translation>目标及其外框内的画面</translation>
    </message>
    <message>
        <source>Mask on grey</source>
        <translation>灰底掩膜</translation>
    </message>
    <message>
        <source>The object alone, on neutral ground</source>
        <translation>只有目标，其余为中性灰</translation>
    </message>
    <message>
        <source>Surroundings</source>
        <translation>带周围环境</translation>
    </message>
    <message>
        <source>The object with some of what is around it</source>
        <translation>目标及其周围的一部分</translation>
    </message>
    <message>
        <source>Of several, the answers are averaged; none: as the model was made for</source>
        <translation>勾选多项时取平均；都不选则用模型自带的方式</translation>
    </message>
    <message>
        <source>none ticked: the view it was made for</source>
        <translation>不勾选：使用模型自带的画面</translation>
    </message>
</context>
<context>
    <name>NameWords</name>
    <message>
        <source>Words for {name}</source>
        <translation>{name}的用词</translation>
    </message>
    <message>
        <source>Chinese words for this class, several separated by ;</source>
        <translation>这一类别的中文用词，多个用分号隔开</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>句式</translation>
    </message>
    <message>
        <source>One sentence a line; a class&apos;s words are put where {} stands</source>
        <translation>每行一句，{} 处填入类别用词</translation>
    </message>
    <message>
        <source>As they were</source>
        <translation>还原</translation>
    </message>
    <message>
        <source>Save the words</source>
        <translation>保存用词</translation>
    </message>
    <message>
        <source>In a label file of this project&apos;s own; the set that ships stays as it is</source>
        <translation>保存到本项目自己的类别文件中，程序自带的类别表不变</translation>
    </message>
    <message>
        <source>As shipped</source>
        <translation>恢复自带用词</translation>
    </message>
    <message>
        <source>The words of the label set that comes with the program; save them to use them</source>
        <translation>程序自带类别表中的用词；保存后生效</translation>
    </message>
    <message>
        <source>The model compares each object with these Chinese words, put into the sentences. They hold for this project; under &quot;Name again&quot; you see what other words change.</source>
        <translation>模型把每个目标与填入句式后的这些中文用词作比较。用词只对本项目有效；改后可在“重新命名”中查看带来的变化。</translation>
    </message>
    <message>
        <source>Saved. &quot;Name again&quot; shows what these words change.</source>
        <translation>已保存。可在“重新命名”中查看这些用词带来的变化。</translation>
    </message>
    <message>
        <source>{model} knows its classes by itself and does not go by words. A CN-CLIP model does: get one in the model manager and choose it above.</source>
        <translation>{model} 自身带有固定类别，不使用用词。CN-CLIP 模型才使用用词：请在模型管理器中获取一个，并在上方选用。</translation>
    </message>
    <message>
        <source>The words that hold now, without what was typed since; then those before they were saved</source>
        <translation>恢复为当前生效的词语；再按则依次回到每次保存之前的词语</translation>
    </message>
    <message>
        <source>Each class needs a word at least: {classes}</source>
        <translation>每个类别至少要有一个词：{classes}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>One sentence at least is needed, as {}</source>
        <translation>至少要有一个句式，例如 {}</translation>
    </message>
    <message>
        <source>Each sentence needs {} once, where the word goes:</source>
        <translation>每个句式要有且只有一个 {}，即填词的位置：</translation>
    </message>
</context>
<context>
    <name>Names</name>
    <message>
        <source>Somebody else changed how pieces are named in this folder</source>
        <translation>其他人修改了此文件夹的命名方式</translation>
    </message>
    <message>
        <source>It holds here too from now on. Objects that have a name keep it.</source>
        <translation>从现在起这里也按新的方式命名，已命名的目标不变。</translation>
    </message>
    <message>
        <source>Somebody else gave this folder other classes</source>
        <translation>其他人更换了此文件夹的类别</translation>
    </message>
    <message>
        <source>Open the folder again to work with them. Until then it goes on with the ones before.</source>
        <translation>请重新打开文件夹以使用新的类别。在此之前仍使用原来的类别。</translation>
    </message>
</context>
<context>
    <name>NamingDialog</name>
    <message>
        <source>Names of pieces</source>
        <translation>目标命名</translation>
    </message>
    <message>
        <source>Named by</source>
        <translation>命名模型</translation>
    </message>
    <message>
        <source>The model that names the objects; those on this computer are listed</source>
        <translation>为目标命名的模型，列出的是本机已有的</translation>
    </message>
    <message>
        <source>What it sees</source>
        <translation>模型所见</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>要做什么</translation>
    </message>
    <message>
        <source>Name again</source>
        <translation>重新命名</translation>
    </message>
    <message>
        <source>How sure?</source>
        <translation>可信程度</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>类别用词</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>{done} of {total} photos</source>
        <translation>{done} / {total} 张照片</translation>
    </message>
    <message>
        <source>Stopped. Nothing was changed.</source>
        <translation>已停止，未作任何改动。</translation>
    </message>
    <message>
        <source>It could not be done.</source>
        <translation>未能完成。</translation>
    </message>
    <message>
        <source>{what}: {why}</source>
        <translation>{what}：{why}</translation>
    </message>
</context>
<context>
    <name>ObjectCommands</name>
    <message>
        <source>fill holes</source>
        <translation>填充孔洞</translation>
    </message>
    <message>
        <source>keep the largest part</source>
        <translation>只保留最大块</translation>
    </message>
    <message>
        <source>smooth</source>
        <translation>平滑边缘</translation>
    </message>
    <message>
        <source>Select two or more objects to merge: Shift-click adds to the selection.</source>
        <translation>请选中两个或更多目标再合并：按住 Shift 单击可多选。</translation>
    </message>
    <message>
        <source>merge {n} objects</source>
        <translation>合并 {n} 个目标</translation>
    </message>
    <message>
        <source>Locked objects stay as they are. {lock} unlocks them.</source>
        <translation>锁定的目标保持不变。按 {lock} 解锁。</translation>
    </message>
    <message>
        <source>It is in one part. To part what touches, draw a line through it with {knife}.</source>
        <translation>它只有一个部分。要分开连在一起的部分，按 {knife} 画线切开。</translation>
    </message>
    <message>
        <source>split</source>
        <translation>拆分</translation>
    </message>
    <message>
        <source>cut out</source>
        <translation>扣除重叠</translation>
    </message>
    <message>
        <source>It overlaps no other object.</source>
        <translation>它没有与其他目标重叠。</translation>
    </message>
    <message>
        <source>{n} objects had no pixel left and are gone; undo brings them back.</source>
        <translation>{n} 个目标已没有像素而被移除，撤销可恢复。</translation>
    </message>
    <message>
        <source>Select two or more objects; the one selected last says what remains of the others.</source>
        <translation>请选择两个或更多目标；其他目标只留下与最后所选目标重叠的部分。</translation>
    </message>
    <message>
        <source>The objects share no pixel, or the others lie in it already.</source>
        <translation>这些目标没有重叠，或其他目标已完全在其中。</translation>
    </message>
    <message>
        <source>keep what they share</source>
        <translation>只留重叠部分</translation>
    </message>
    <message>
        <source>The objects were changed meanwhile. Nothing else was done.</source>
        <translation>这些目标刚才已被改动，未再做其他更改。</translation>
    </message>
    <message>
        <source>There was nothing to change.</source>
        <translation>没有需要改动的地方。</translation>
    </message>
    <message>
        <source>to the front</source>
        <translation>移到最前</translation>
    </message>
    <message>
        <source>forward</source>
        <translation>前移一层</translation>
    </message>
    <message>
        <source>backward</source>
        <translation>后移一层</translation>
    </message>
    <message>
        <source>to the back</source>
        <translation>移到最后</translation>
    </message>
    <message>
        <source>It is in front already.</source>
        <translation>它已在最前。</translation>
    </message>
    <message>
        <source>It is at the back already.</source>
        <translation>它已在最后。</translation>
    </message>
    <message>
        <source>mark as partly hidden</source>
        <translation>标记为部分被遮挡</translation>
    </message>
    <message>
        <source>mark as wholly visible</source>
        <translation>标记为完全可见</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>{n} hidden; {show_hidden} shows them again.</source>
        <translation>已隐藏 {n} 个，按 {show_hidden} 重新显示。</translation>
    </message>
    <message>
        <source>{n} copied. {paste} pastes, on any photo.</source>
        <translation>已复制 {n} 个。在任意照片上按 {paste} 粘贴。</translation>
    </message>
    <message>
        <source>Nothing was copied yet: {copy} copies the selected objects.</source>
        <translation>还没有复制内容：按 {copy} 复制选中的目标。</translation>
    </message>
    <message>
        <source>Show all hidden</source>
        <translation>显示全部隐藏目标</translation>
    </message>
    <message>
        <source>{n} shown again.</source>
        <translation>已重新显示 {n} 个目标。</translation>
    </message>
    <message>
        <source>No object is hidden.</source>
        <translation>没有隐藏的目标。</translation>
    </message>
    <message>
        <source>paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>This is the last photo.</source>
        <translation>这是最后一张照片。</translation>
    </message>
    <message>
        <source>copy from the photo before</source>
        <translation>从上一张照片复制</translation>
    </message>
    <message>
        <source>The copies would lie outside this photo.</source>
        <translation>复制的目标会落在这张照片之外。</translation>
    </message>
</context>
<context>
    <name>ObjectDelegate</name>
    <message>
        <source>unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>人工</translation>
    </message>
</context>
<context>
    <name>ObjectsPanel</name>
    <message>
        <source>Objects</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Objects on this photo</source>
        <translation>这张照片上的目标</translation>
    </message>
    <message>
        <source>Steps done on this photo: click one to go back to it</source>
        <translation>这张照片上的操作步骤：单击即可回到该步</translation>
    </message>
    <message>
        <source>History of this photo</source>
        <translation>这张照片的历史记录</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Objects you accept are listed here.</source>
        <translation>接受的目标会列在这里。</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>There are no photos in {folder}</source>
        <translation>“{folder}”中没有照片</translation>
    </message>
    <message>
        <source>It was not opened. As a place for frames of a video it can be, all the same.</source>
        <translation>没有打开它。如果要在其中存放视频截取的帧，仍可打开。</translation>
    </message>
    <message>
        <source>Open it all the same</source>
        <translation>仍然打开</translation>
    </message>
    <message>
        <source>{name} needs an open folder</source>
        <translation>“{name}”需要先打开一个文件夹</translation>
    </message>
    <message>
        <source>Open the folder of photos first, then drop it there.</source>
        <translation>请先打开照片文件夹，再把它拖进来。</translation>
    </message>
    <message>
        <source>That is more than one thing to open</source>
        <translation>一次拖入的内容太多</translation>
    </message>
    <message>
        <source>Drop one folder, photos of one folder, one video or one COCO file. Nothing was changed.</source>
        <translation>请只拖入一个文件夹、同一文件夹中的照片、一段视频或一个 COCO 文件。未做任何更改。</translation>
    </message>
    <message>
        <source>{name} is nothing to open here</source>
        <translation>无法在这里打开“{name}”</translation>
    </message>
    <message>
        <source>Photos, folders of photos, videos, COCO files (.json) and model weights can be. Nothing was changed.</source>
        <translation>可以拖入照片、照片文件夹、视频、COCO 文件（.json）和模型权重。未做任何更改。</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>等另外 {n} 个</translation>
    </message>
    <message>
        <source>Left aside: {names}</source>
        <translation>未处理：{names}</translation>
    </message>
    <message>
        <source>Videos and COCO files are taken one at a time, without photos.</source>
        <translation>视频和 COCO 文件请单独拖入，每次一个。</translation>
    </message>
</context>
<context>
    <name>PendingCard</name>
    <message>
        <source>Margin {value}</source>
        <translation>分差 {value}</translation>
    </message>
    <message>
        <source>Mask {number} of {count}: {score} ({next_mask})</source>
        <translation>掩膜 {number}/{count}：{score}（{next_mask}）</translation>
    </message>
    <message>
        <source>{accept} accept</source>
        <translation>{accept} 接受</translation>
    </message>
    <message>
        <source>{clear} clear</source>
        <translation>{clear} 清除</translation>
    </message>
    <message>
        <source>Mask {score}</source>
        <translation>掩膜 {score}</translation>
    </message>
</context>
<context>
    <name>ProjectWizard</name>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>The folder that holds the photos</source>
        <translation>照片所在的文件夹</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>A file of your own (.toml)…</source>
        <translation>自己的文件 (.toml)…</translation>
    </message>
    <message>
        <source>Model for masks</source>
        <translation>分割模型</translation>
    </message>
    <message>
        <source>Model for classes</source>
        <translation>分类模型</translation>
    </message>
    <message>
        <source>Create and open</source>
        <translation>创建并打开</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>{name} is not on this computer yet: get it under Tools, Models…. Until then {other} works.</source>
        <translation>{name} 还不在本机上：可在“工具，模型…”中下载；在此之前使用 {other}。</translation>
    </message>
    <message>
        <source>Nothing in the photos is ever changed. Annotations lie in the same folder.</source>
        <translation>照片本身永远不会被修改。标注保存在同一文件夹中。</translation>
    </message>
    <message>
        <source>Choose the folder that holds the photos first</source>
        <translation>请先选择照片所在的文件夹</translation>
    </message>
    <message>
        <source>{what}. {detail}</source>
        <translation>{what}。{detail}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>There are no photos in this folder.</source>
        <translation>此文件夹中没有照片。</translation>
    </message>
    <message>
        <source>This is a project already, with its own classes: it will be opened.</source>
        <translation>这里已经是一个项目，有自己的类别，将直接打开。</translation>
    </message>
    <message>
        <source>{n} photos found.</source>
        <translation>找到 {n} 张照片。</translation>
    </message>
</context>
<context>
    <name>QKeySequenceEdit</name>
    <message>
        <source>Press shortcut</source>
        <translation>请按下快捷键</translation>
    </message>
</context>
<context>
    <name>QTabBar</name>
    <message>
        <source>Scroll Left</source>
        <translation>向左滚动</translation>
    </message>
    <message>
        <source>Scroll Right</source>
        <translation>向右滚动</translation>
    </message>
</context>
<context>
    <name>QueryLine</name>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Filter…</source>
        <translation>筛选…</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Words of the file name, or a key, a sign and a value: class:U margin&lt;0.2 -status:reviewed</source>
        <translation>输入文件名中的文字，或“键＋符号＋值”：类别：槽钢 分差&lt;0.2 -状态：已复核</translation>
    </message>
    <message>
        <source>Keys: class, guess, status, author, reviewer, comment, time, margin, score, iou, area, width, height, seconds, clicks; of photos: photo, is, count</source>
        <translation>可用的键：类别、模型类别、状态、标注人、复核人、备注、时间、分差、概率、iou、面积、宽、高、秒、点击；用于照片：照片、进度、数量</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>is:todo,begun</source>
        <translation>进度：待标注、进行中</translation>
    </message>
    <message>
        <source>Sent back by the reviewer</source>
        <translation>被复核人退回</translation>
    </message>
    <message>
        <source>is:rejected</source>
        <translation>进度：已退回</translation>
    </message>
    <message>
        <source>Without a class</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>class:unknown</source>
        <translation>类别：未知</translation>
    </message>
    <message>
        <source>Uncertain class</source>
        <translation>类别不确定</translation>
    </message>
    <message>
        <source>margin&lt;0.2</source>
        <translation>分差&lt;0.2</translation>
    </message>
    <message>
        <source>Uncertain mask</source>
        <translation>掩膜不确定</translation>
    </message>
    <message>
        <source>Proposed, nobody looked yet</source>
        <translation>模型候选，尚无人查看</translation>
    </message>
    <message>
        <source>status:proposed</source>
        <translation>状态：候选</translation>
    </message>
    <message>
        <source>Accepted, not reviewed</source>
        <translation>已接受，未复核</translation>
    </message>
    <message>
        <source>status:accepted</source>
        <translation>状态：已接受</translation>
    </message>
    <message>
        <source>More than 20 objects</source>
        <translation>超过 20 个目标</translation>
    </message>
    <message>
        <source>count&gt;20</source>
        <translation>数量&gt;20</translation>
    </message>
</context>
<context>
    <name>Recent</name>
    <message>
        <source>Open recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>清除记录</translation>
    </message>
</context>
<context>
    <name>ReviewPanel</name>
    <message>
        <source>Objects that wait for review</source>
        <translation>待复核的目标</translation>
    </message>
    <message>
        <source>Nothing to review yet. Draw a box around a piece ({box}), accept its mask ({accept}): it comes here.</source>
        <translation>还没有可复核的目标。框住一件废钢（{box}）并接受掩膜（{accept}），它就会出现在这里。</translation>
    </message>
    <message>
        <source>Everything is decided. Go on with the next photo that is not done ({next_open}), or export ({export}).</source>
        <translation>已全部复核。可以继续下一张未完成的照片（{next_open}），或导出（{export}）。</translation>
    </message>
    <message>
        <source>Mask and class are right: mark as reviewed and go to the next</source>
        <translation>掩膜和类别都正确：标为已复核并到下一个</translation>
    </message>
    <message>
        <source>Not a piece, or not worth mending: reject it and go to the next. It is kept.</source>
        <translation>不是废钢件，或不值得修改：否决并到下一个。数据会保留。</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Objects reviewed</source>
        <translation>已复核的目标</translation>
    </message>
    <message>
        <source>No object is selected: this leads to the first that waits.</source>
        <translation>没有选中目标：按下会跳到第一个待复核的目标。</translation>
    </message>
    <message>
        <source>Nothing waits for review here.</source>
        <translation>这里没有待复核的目标。</translation>
    </message>
    <message>
        <source>{n} waiting, {done} of {total} decided</source>
        <translation>待复核 {n} 个，已处理 {done}/{total}</translation>
    </message>
    <message>
        <source>Right  ({right})</source>
        <translation>正确（{right}）</translation>
    </message>
    <message>
        <source>Wrong  ({wrong})</source>
        <translation>错误（{wrong}）</translation>
    </message>
    <message>
        <source>The objects are being read…</source>
        <translation>正在读取目标…</translation>
    </message>
    <message>
        <source>There are no photos in this folder, so nothing waits for review.</source>
        <translation>此文件夹中没有照片，没有待复核的目标。</translation>
    </message>
    <message>
        <source>Nothing that waits matches the line above. Empty it to see all.</source>
        <translation>没有符合上方条件的待复核目标。清空条件即可看到全部。</translation>
    </message>
    <message>
        <source>proposed</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>model: {name}</source>
        <translation>模型：{name}</translation>
    </message>
    <message>
        <source>margin {value}</source>
        <translation>分差 {value}</translation>
    </message>
    <message>
        <source>other model {value}</source>
        <translation>与另一模型 IoU {value}</translation>
    </message>
    <message>
        <source>Comment  ({comment})</source>
        <translation>备注（{comment}）</translation>
    </message>
    <message>
        <source>Comment on the photo  ({comment})</source>
        <translation>对整张照片的备注（{comment}）</translation>
    </message>
    <message>
        <source>mark as reviewed</source>
        <translation>标为已复核</translation>
    </message>
    <message>
        <source>reject</source>
        <translation>否决</translation>
    </message>
    <message>
        <source>photo reviewed</source>
        <translation>照片已通过复核</translation>
    </message>
    <message>
        <source>photo sent back</source>
        <translation>照片已退回</translation>
    </message>
    <message>
        <source>comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>comment on the photo</source>
        <translation>备注照片</translation>
    </message>
</context>
<context>
    <name>RulerBar</name>
    <message>
        <source>True length</source>
        <translation>真实长度</translation>
    </message>
    <message>
        <source>True length of the line</source>
        <translation>这条线的真实长度</translation>
    </message>
    <message>
        <source>Set the scale ({key})</source>
        <translation>设定比例（{key}）</translation>
    </message>
    <message>
        <source>From now on lengths on this photo are in mm</source>
        <translation>此后这张照片上的长度以毫米显示</translation>
    </message>
    <message>
        <source>Forget the scale</source>
        <translation>清除比例</translation>
    </message>
    <message>
        <source>As before: {value} mm/px</source>
        <translation>沿用上次：{value} mm/px</translation>
    </message>
    <message>
        <source>Line: {length}</source>
        <translation>线长：{length}</translation>
    </message>
    <message>
        <source>Drag a line, or click an object</source>
        <translation>拖出一条线，或单击一个目标</translation>
    </message>
    <message>
        <source>Object #{id}: {length} long, {width} wide, at {angle}°</source>
        <translation>目标 #{id}：长 {length}，宽 {width}，方向 {angle}°</translation>
    </message>
    <message>
        <source>No scale yet: draw along something of known length and type that length.</source>
        <translation>尚未设定比例：沿已知长度的物体画线，再输入其长度。</translation>
    </message>
    <message>
        <source>1 px is {value} mm. True for what lies as far away as the reference did.</source>
        <translation>1 像素 = {value} 毫米。仅适用于与参照物距离相近的物体。</translation>
    </message>
    <message>
        <source>Type the true length first.</source>
        <translation>请先输入实际长度。</translation>
    </message>
    <message>
        <source>set the scale</source>
        <translation>设定比例</translation>
    </message>
    <message>
        <source>forget the scale</source>
        <translation>清除比例</translation>
    </message>
</context>
<context>
    <name>RulesPanel</name>
    <message>
        <source>Findings</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Kind of finding</source>
        <translation>问题类型</translation>
    </message>
    <message>
        <source>This rule leaves it alone from now on</source>
        <translation>此规则以后不再提示它</translation>
    </message>
    <message>
        <source>It is right  ({excuse})</source>
        <translation>没有问题（{excuse}）</translation>
    </message>
    <message>
        <source>Mend it and go to the next; {undo} takes it back</source>
        <translation>修正并到下一个；{undo} 撤销</translation>
    </message>
    <message>
        <source>Checking… {n} photos left</source>
        <translation>正在检查… 还剩 {n} 张照片</translation>
    </message>
    <message>
        <source>The objects are being read…</source>
        <translation>正在读取目标…</translation>
    </message>
    <message>
        <source>These may be mistakes. Nothing is changed unless you say so.</source>
        <translation>这些可能是错误。未经您确认不会有任何修改。</translation>
    </message>
    <message>
        <source>Nothing unusual was found.</source>
        <translation>没有发现异常。</translation>
    </message>
    <message>
        <source>There are no photos in this folder, so there is nothing to check.</source>
        <translation>此文件夹中没有照片，没有可检查的内容。</translation>
    </message>
    <message>
        <source>All findings ({n})</source>
        <translation>全部问题（{n}）</translation>
    </message>
    <message>
        <source>{name} ({n})</source>
        <translation>{name}（{n}）</translation>
    </message>
    <message>
        <source>Tiny masks</source>
        <translation>过小的掩膜</translation>
    </message>
    <message>
        <source>Cut off by the box</source>
        <translation>被框截断</translation>
    </message>
    <message>
        <source>Many parts</source>
        <translation>块数过多</translation>
    </message>
    <message>
        <source>Unusual size</source>
        <translation>面积异常</translation>
    </message>
    <message>
        <source>Two on one piece</source>
        <translation>同一件上有两个目标</translation>
    </message>
    <message>
        <source>Class against shape</source>
        <translation>类别与形状不符</translation>
    </message>
    <message>
        <source>Without a class</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>Photos without objects</source>
        <translation>没有目标的照片</translation>
    </message>
    <message>
        <source>Tiny mask</source>
        <translation>过小的掩膜</translation>
    </message>
    <message>
        <source>Photo without objects</source>
        <translation>没有目标的照片</translation>
    </message>
    <message>
        <source>{value} px</source>
        <translation>{value} 像素</translation>
    </message>
    <message>
        <source>{value} of a side</source>
        <translation>贴住一边的 {value}</translation>
    </message>
    <message>
        <source>{value} parts</source>
        <translation>{value} 块</translation>
    </message>
    <message>
        <source>{value} × the usual</source>
        <translation>平常的 {value} 倍</translation>
    </message>
    <message>
        <source>{value} shared</source>
        <translation>重叠 {value}</translation>
    </message>
    <message>
        <source>{value} : 1</source>
        <translation>长宽比 {value} : 1</translation>
    </message>
    <message>
        <source>only {value} px large</source>
        <translation>只有 {value} 像素</translation>
    </message>
    <message>
        <source>runs along {value} of a side of its box</source>
        <translation>紧贴框一边的 {value}</translation>
    </message>
    <message>
        <source>falls into {value} parts</source>
        <translation>分成 {value} 块</translation>
    </message>
    <message>
        <source>{value} times the usual size of {name}</source>
        <translation>面积是{name}常见值的 {value} 倍</translation>
    </message>
    <message>
        <source>two objects share {value} of their area</source>
        <translation>两个目标重叠 {value}</translation>
    </message>
    <message>
        <source>{name}, but {value} times as long as wide</source>
        <translation>{name}，但长宽比只有 {value}</translation>
    </message>
    <message>
        <source>accepted without a class of this set</source>
        <translation>已接受，但类别不在类别表中</translation>
    </message>
    <message>
        <source>{photo} has no objects and is not done</source>
        <translation>{photo} 没有目标，也未标记完成</translation>
    </message>
    <message>
        <source>Delete it  ({mend})</source>
        <translation>删除（{mend}）</translation>
    </message>
    <message>
        <source>Keep the largest part  ({mend})</source>
        <translation>只保留最大块（{mend}）</translation>
    </message>
    <message>
        <source>Choose a finding in the list first</source>
        <translation>请先在列表中选择一项</translation>
    </message>
    <message>
        <source>This has to be mended by hand, on the photo</source>
        <translation>这一项需要在照片上手动修正</translation>
    </message>
    <message>
        <source>Mark the photo as done, and it is no longer listed</source>
        <translation>将照片标记为完成后就不再列出</translation>
    </message>
    <message>
        <source>Second class  ({mend})</source>
        <translation>改为第二候选类别（{mend}）</translation>
    </message>
    <message>
        <source>Call it unknown  ({mend})</source>
        <translation>改为未知（{mend}）</translation>
    </message>
    <message>
        <source>Photo is done  ({mend})</source>
        <translation>标记照片完成（{mend}）</translation>
    </message>
    <message>
        <source>Mend  ({mend})</source>
        <translation>修正（{mend}）</translation>
    </message>
    <message>
        <source>Call it {name}  ({mend})</source>
        <translation>改为{name}（{mend}）</translation>
    </message>
    <message>
        <source>mend: {kind}</source>
        <translation>修正：{kind}</translation>
    </message>
    <message>
        <source>it is right: {kind}</source>
        <translation>没有问题：{kind}</translation>
    </message>
</context>
<context>
    <name>Saver</name>
    <message>
        <source>Save now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Everything is saved again</source>
        <translation>全部内容已保存</translation>
    </message>
</context>
<context>
    <name>SecondTry</name>
    <message>
        <source>The model crashed at it twice. You can try again with the model that is in use now.</source>
        <translation>模型两次在此处意外退出。可以用当前使用的模型再试一次。</translation>
    </message>
</context>
<context>
    <name>SentBack</name>
    <message>
        <source>Sent back by {name}</source>
        <translation>{name} 退回了这张照片</translation>
    </message>
    <message>
        <source>Sent back by the reviewer</source>
        <translation>复核人退回了这张照片</translation>
    </message>
    <message>
        <source>Without a comment. Mark the photo as done when it is mended.</source>
        <translation>没有附备注。修正后请重新标记为完成。</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Go there</source>
        <translation>转到那里</translation>
    </message>
    <message>
        <source>Put right after an interruption</source>
        <translation>上次意外中断的内容已恢复</translation>
    </message>
    <message>
        <source>changed on disk</source>
        <translation>磁盘上已变更</translation>
    </message>
    <message>
        <source>Its annotations may not fit any more. They are kept as they are.</source>
        <translation>原有标注可能不再吻合，已原样保留。</translation>
    </message>
    <message>
        <source>The photo {name} was changed</source>
        <translation>照片 {name} 已被改动</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Kept in {file}</source>
        <translation>保存在 {file}</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>You</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>It is noted with everything you accept or review</source>
        <translation>会记录在您接受或复核的每个目标中</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>掩膜</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>The fastest</source>
        <translation>自动选择最快的</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器（CPU）</translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation>NVIDIA 显卡</translation>
    </message>
    <message>
        <source>Intel graphics</source>
        <translation>Intel 显卡</translation>
    </message>
    <message>
        <source>Run on</source>
        <translation>运行设备</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Unknown below</source>
        <translation>低于此概率为未知</translation>
    </message>
    <message>
        <source>A class less probable than this is no class</source>
        <translation>概率低于此值的类别不予采用</translation>
    </message>
    <message>
        <source>Show the mask while a box is being drawn</source>
        <translation>画框时实时显示掩膜</translation>
    </message>
    <message>
        <source>Look closer at small pieces</source>
        <translation>小件自动放大</translation>
    </message>
    <message>
        <source>Prepare the neighbouring photos ahead</source>
        <translation>提前编码相邻照片</translation>
    </message>
    <message>
        <source>Memory and saving</source>
        <translation>内存与保存</translation>
    </message>
    <message>
        <source>Prepared photos in memory</source>
        <translation>内存中的编码缓存</translation>
    </message>
    <message>
        <source>Prepared photos on disk</source>
        <translation>磁盘上的编码缓存</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Always at once, after every edit</source>
        <translation>每次修改后立即自动保存</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keys and mouse</source>
        <translation>键盘与鼠标</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>zoom where the mouse is</source>
        <translation>以鼠标位置为中心缩放</translation>
    </message>
    <message>
        <source>move the photo</source>
        <translation>移动照片</translation>
    </message>
    <message>
        <source>{key} + drag</source>
        <translation>{key} + 拖动</translation>
    </message>
    <message>
        <source>Middle drag</source>
        <translation>中键拖动</translation>
    </message>
    <message>
        <source>Right click</source>
        <translation>右键单击</translation>
    </message>
    <message>
        <source>this does not belong to it; with Select: what can be done</source>
        <translation>标出不属于目标的部分；选择工具下弹出操作菜单</translation>
    </message>
    <message>
        <source>Shift + click</source>
        <translation>Shift + 单击</translation>
    </message>
    <message>
        <source>the same; with Select: add to the selection</source>
        <translation>同上；选择工具下为加选</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>方向键</translation>
    </message>
    <message>
        <source>move the keyboard pointer, the selection or the photo</source>
        <translation>移动键盘指针、所选目标或照片</translation>
    </message>
    <message>
        <source>click at the keyboard pointer; to drag: begin, then end</source>
        <translation>在键盘指针处单击；拖动时：按一次开始，再按一次结束</translation>
    </message>
    <message>
        <source>class of the mask or the selection</source>
        <translation>设定掩膜或所选目标的类别</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>鼠标</translation>
    </message>
</context>
<context>
    <name>StatisticsPanel</name>
    <message>
        <source>Figures</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>保存为 CSV…</translation>
    </message>
    <message>
        <source>Four tables: classes, people, days, and every object with all that is known of it</source>
        <translation>四个表：类别、人员、日期，以及每个目标的全部信息</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Objects over time</source>
        <translation>标注进度</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Where pieces lie on the photo</source>
        <translation>目标在照片中的位置</translation>
    </message>
    <message>
        <source>Where the model was wrong</source>
        <translation>模型的误判</translation>
    </message>
    <message>
        <source>reviewed</source>
        <translation>已复核</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>proposed</source>
        <translation>候选</translation>
    </message>
    <message>
        <source>Nothing has a date yet.</source>
        <translation>还没有带日期的目标。</translation>
    </message>
    <message>
        <source>The stronger the colour, the more objects; at most {n} in one field.</source>
        <translation>颜色越浓目标越多，单格最多 {n} 个。</translation>
    </message>
    <message>
        <source>Click a cell to see its pictures</source>
        <translation>单击格子查看对应小图</translation>
    </message>
    <message>
        <source>1 object</source>
        <translation>1 个目标</translation>
    </message>
    <message>
        <source>There are no objects to write of yet</source>
        <translation>还没有可写出的目标</translation>
    </message>
    <message>
        <source>{n} objects</source>
        <translation>{n} 个目标</translation>
    </message>
    <message>
        <source>1 photo</source>
        <translation>1 张照片</translation>
    </message>
    <message>
        <source>{n} photos</source>
        <translation>{n} 张照片</translation>
    </message>
    <message>
        <source>{objects} on {photos}, {done} of {total} done</source>
        <translation>{photos}上有 {objects}，照片完成 {done}/{total}</translation>
    </message>
    <message>
        <source>No objects yet, {done} of {total} photos done</source>
        <translation>还没有目标，照片完成 {done}/{total}</translation>
    </message>
    <message>
        <source>median area {px} px</source>
        <translation>面积中位数 {px} 像素</translation>
    </message>
    <message>
        <source>Fills with the objects that are accepted or proposed.</source>
        <translation>有了已接受的目标或候选后显示分布。</translation>
    </message>
    <message>
        <source>Rows: people, columns: the model. Named wrongly: {wrong} of {total}. {tip}.</source>
        <translation>行：人工，列：模型。{total} 个中误判 {wrong} 个。{tip}。</translation>
    </message>
    <message>
        <source>Nothing was both classified by a model and accepted by a person yet.</source>
        <translation>还没有既由模型分类、又经人工接受的目标。</translation>
    </message>
    <message>
        <source>Nobody has accepted an object yet.</source>
        <translation>还没有人接受过目标。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Seconds each</source>
        <translation>平均用时（秒）</translation>
    </message>
    <message>
        <source>Prompts each</source>
        <translation>平均提示数</translation>
    </message>
    <message>
        <source>Reviewed</source>
        <translation>已复核</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>已否决</translation>
    </message>
    <message>
        <source>A folder for the tables</source>
        <translation>表格保存到的文件夹</translation>
    </message>
    <message>
        <source>Written: {files}</source>
        <translation>已写入：{files}</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Loading models…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Model that draws masks, and its time for the last prompt</source>
        <translation>分割模型，以及上一次提示的用时</translation>
    </message>
    <message>
        <source>All saved</source>
        <translation>已全部保存</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
</context>
<context>
    <name>TidyBar</name>
    <message>
        <source>Specks below</source>
        <translation>去除小于</translation>
    </message>
    <message>
        <source>Smaller separate parts go; the largest always stays</source>
        <translation>去掉更小的独立块，最大的一块始终保留</translation>
    </message>
    <message>
        <source>Holes up to</source>
        <translation>填充孔洞至</translation>
    </message>
    <message>
        <source>Holes of at most so many pixels are filled</source>
        <translation>填充不超过该像素数的孔洞</translation>
    </message>
    <message>
        <source>Smooth by</source>
        <translation>平滑半径</translation>
    </message>
    <message>
        <source>Bumps and notches narrower than about this go</source>
        <translation>去掉比它窄的凸起和缺口</translation>
    </message>
    <message>
        <source>Clean up ({key})</source>
        <translation>清理（{key}）</translation>
    </message>
    <message>
        <source>Cancel ({key})</source>
        <translation>取消（{key}）</translation>
    </message>
    <message>
        <source>clean up</source>
        <translation>清理掩膜</translation>
    </message>
    <message>
        <source>{lost} px would go (red), {gained} px would come (green)</source>
        <translation>将去掉 {lost} 像素（红），补上 {gained} 像素（绿）</translation>
    </message>
    <message>
        <source>Nothing would change</source>
        <translation>没有变化</translation>
    </message>
</context>
<context>
    <name>Tile</name>
    <message>
        <source>Choose another model at the upper left</source>
        <translation>请在左上方再选一个模型</translation>
    </message>
    <message>
        <source>Take it  ({n})</source>
        <translation>采用（{n}）</translation>
    </message>
    <message>
        <source>There is no mask to take yet</source>
        <translation>还没有可采用的掩膜</translation>
    </message>
    <message>
        <source>There is no mask to take</source>
        <translation>没有可采用的掩膜</translation>
    </message>
    <message>
        <source>predicted IoU {value}</source>
        <translation>预测 IoU {value}</translation>
    </message>
    <message>
        <source>encoding {time}</source>
        <translation>编码 {time}</translation>
    </message>
    <message>
        <source>Predicted IoU: what the model itself expects. DICE: overlap with the object&apos;s mask, 0 to 1</source>
        <translation>预测 IoU：模型自己的估计。DICE：与目标现有掩膜的重合度，0 到 1</translation>
    </message>
    <message>
        <source>found nothing</source>
        <translation>没有找到目标</translation>
    </message>
</context>
<context>
    <name>TrainDialog</name>
    <message>
        <source>Train on your own objects</source>
        <translation>用自己的标注训练</translation>
    </message>
    <message>
        <source>DICE on photos not learnt from</source>
        <translation>未参与学习的照片上的 DICE</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Use the new model</source>
        <translation>使用新模型</translation>
    </message>
    <message>
        <source>End now with the best so far</source>
        <translation>到此为止，保留目前最好的</translation>
    </message>
    <message>
        <source>Begin anew</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>The run that was stopped stays in its folder</source>
        <translation>之前停下的训练仍保留在它的文件夹中</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Counting the objects…</source>
        <translation>正在统计目标…</translation>
    </message>
    <message>
        <source>enough</source>
        <translation>足够</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: too few. At least {least} on two photos are needed; a gain can be expected from about {enough}.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：太少。至少需要两张照片上的 {least} 个目标；约 {enough} 个以上才有望见效。</translation>
    </message>
    <message>
        <source>few; a gain can be expected from about {n}</source>
        <translation>偏少，约 {n} 个以上才有望见效</translation>
    </message>
    <message>
        <source>{n} accepted objects on {photos} photos: {enough}. A fifth of them is kept for judging.</source>
        <translation>{photos} 张照片上有 {n} 个已接受的目标：{enough}。其中五分之一只用于评判。</translation>
    </message>
    <message>
        <source>It takes about {time} on this computer.</source>
        <translation>在这台电脑上大约需要 {time}。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>A run that was stopped waits here to be gone on with.</source>
        <translation>有一次训练中途停下，可以继续。</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Finishing the step…</source>
        <translation>正在完成当前步…</translation>
    </message>
    <message>
        <source>Reading photo {done} of {total}</source>
        <translation>正在读取照片 {done}/{total}</translation>
    </message>
    <message>
        <source>Encoding photo {done} of {total}; each only once</source>
        <translation>正在编码照片 {done}/{total}；每张只需一次</translation>
    </message>
    <message>
        <source>Measuring before and after: {done} of {total}</source>
        <translation>正在测量训练前后：{done}/{total}</translation>
    </message>
    <message>
        <source>Measuring before and after…</source>
        <translation>正在测量训练前后…</translation>
    </message>
    <message>
        <source>… and {n} more</source>
        <translation>…… 另有 {n} 条</translation>
    </message>
    <message>
        <source>Epoch {n} of {all}</source>
        <translation>第 {n}/{all} 轮</translation>
    </message>
    <message>
        <source>, about {time} left</source>
        <translation>，约剩 {time}</translation>
    </message>
    <message>
        <source>Paused. It goes on where it was, today or another day.</source>
        <translation>已暂停。今天或改天都可以从停下的地方继续。</translation>
    </message>
    <message>
        <source>It could not be done.</source>
        <translation>未能完成。</translation>
    </message>
    <message>
        <source>No epoch was better than the model as it was: there is no new model.</source>
        <translation>没有哪一轮比原来的模型更好：不产生新模型。</translation>
    </message>
    <message>
        <source>{model}: DICE {before:.3f} before, {after:.3f} after, on photos it did not learn from.</source>
        <translation>{model}：在未参与学习的照片上，DICE 训练前 {before:.3f}，训练后 {after:.3f}。</translation>
    </message>
    <message>
        <source>The difference is within chance.</source>
        <translation>差别在偶然范围之内。</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <translation>{first}{second}</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} 小时</translation>
    </message>
</context>
<context>
    <name>TrainForm</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Quick: minutes, to see whether it is worth it</source>
        <translation>快速：几分钟，看看是否值得</translation>
    </message>
    <message>
        <source>Robust: also for prompts that are not exact</source>
        <translation>稳健：提示不够准时也可靠</translation>
    </message>
    <message>
        <source>As in the paper: 100 epochs</source>
        <translation>与论文相同：100 轮</translation>
    </message>
    <message>
        <source>Kept together</source>
        <translation>同组照片</translation>
    </message>
    <message>
        <source>Each photo by itself</source>
        <translation>每张照片单独成组</translation>
    </message>
    <message>
        <source>The photos of one folder (a truckload, a railcar)</source>
        <translation>同一文件夹的照片（一车料、一节车皮）</translation>
    </message>
    <message>
        <source>Photos of the same pieces must not be both learnt from and judged by: it would flatter.</source>
        <translation>拍到同一批料的照片不能既用来学习又用来评判，否则结果会虚高。</translation>
    </message>
</context>
<context>
    <name>VersionsDialog</name>
    <message>
        <source>Two versions</source>
        <translation>两个版本</translation>
    </message>
    <message>
        <source>Two versions of {photo}</source>
        <translation>{photo} 的两个版本</translation>
    </message>
    <message>
        <source>Reading both versions…</source>
        <translation>正在读取两个版本…</translation>
    </message>
    <message>
        <source>Keep this</source>
        <translation>保留这个</translation>
    </message>
    <message>
        <source>Take both together</source>
        <translation>采用合并结果</translation>
    </message>
    <message>
        <source>Take this</source>
        <translation>采用这个</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>以后再决定</translation>
    </message>
    <message>
        <source>Somebody has decided about this meanwhile; the photo is as they left it.</source>
        <translation>其间已有人作出选择，照片保持其选择的结果。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>As it is now</source>
        <translation>当前版本</translation>
    </message>
    <message>
        <source>Both together</source>
        <translation>两者合并</translation>
    </message>
    <message>
        <source>Yours</source>
        <translation>您的版本</translation>
    </message>
    <message>
        <source>The kept version</source>
        <translation>另存的版本</translation>
    </message>
    <message>
        <source>Orange: what is different. Nothing is lost: undo takes your choice back, and all stays on disk.</source>
        <translation>橙色为不同之处。不会丢失内容：可以撤销您的选择，两个版本都留在磁盘上。</translation>
    </message>
    <message>
        <source>Dashed: what was deleted there.</source>
        <translation>虚线为该版本删除的目标。</translation>
    </message>
    <message>
        <source>{name} deleted</source>
        <translation>{name}（已删）</translation>
    </message>
    <message>
        <source>Objects: {n}; different from the other version: {m}</source>
        <translation>共 {n} 个目标；与另一版本不同：{m} 个</translation>
    </message>
    <message>
        <source>{n} added</source>
        <translation>新增 {n}</translation>
    </message>
    <message>
        <source>{n} changed</source>
        <translation>修改 {n}</translation>
    </message>
    <message>
        <source>{n} deleted</source>
        <translation>删除 {n}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>none changed</source>
        <translation>无修改</translation>
    </message>
    <message>
        <source>Objects: {n} ({did})</source>
        <translation>共 {n} 个目标（{did}）</translation>
    </message>
    <message>
        <source>The photo is done</source>
        <translation>照片已完成</translation>
    </message>
    <message>
        <source>The photo is not done</source>
        <translation>照片未完成</translation>
    </message>
    <message>
        <source>Scale: {value} mm/px</source>
        <translation>比例：{value} mm/px</translation>
    </message>
    <message>
        <source>No scale</source>
        <translation>无比例</translation>
    </message>
    <message>
        <source>photo right</source>
        <translation>照片正确</translation>
    </message>
    <message>
        <source>photo sent back</source>
        <translation>照片已退回</translation>
    </message>
    <message>
        <source>Review: {text}</source>
        <translation>复核：{text}</translation>
    </message>
    <message>
        <source>Objects: {n}. What each of you did, on one photo.</source>
        <translation>共 {n} 个目标。两个人的修改合在一起。</translation>
    </message>
    <message>
        <source>You both changed some objects ({n}): these are there twice, so delete the wrong ones.</source>
        <translation>有 {n} 个目标两人都改过：它们各有两份，请删去不对的。</translation>
    </message>
    <message>
        <source>join two versions</source>
        <translation>合并两个版本</translation>
    </message>
    <message>
        <source>take the other version</source>
        <translation>采用另一版本</translation>
    </message>
    <message>
        <source>keep this version</source>
        <translation>保留这个版本</translation>
    </message>
</context>
<context>
    <name>ViewCommands</name>
    <message>
        <source>No mask under the mouse.</source>
        <translation>已关闭鼠标处的掩膜预览。</translation>
    </message>
    <message>
        <source>With the point tool ({points}) the mask follows the mouse.</source>
        <translation>使用点工具（{points}）时，掩膜会跟随鼠标预览。</translation>
    </message>
    <message>
        <source>Coloured by class</source>
        <translation>按类别着色</translation>
    </message>
    <message>
        <source>Coloured object by object</source>
        <translation>按目标着色</translation>
    </message>
    <message>
        <source>Coloured by status</source>
        <translation>按状态着色</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Open a folder of photos</source>
        <translation>打开照片文件夹</translation>
    </message>
    <message>
        <source>The folder of samples</source>
        <translation>示例文件夹</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>模型…</translation>
    </message>
    <message>
        <source>Something went wrong inside the program</source>
        <translation>程序内部出错</translation>
    </message>
    <message>
        <source>Your work is kept. Details are in the log: {file}</source>
        <translation>您的工作已保留，详情见日志：{file}</translation>
    </message>
    <message>
        <source>Some photos are not saved yet: {n}</source>
        <translation>还有 {n} 张照片尚未保存</translation>
    </message>
    <message>
        <source>If you close now, what was done on them since is lost.</source>
        <translation>现在关闭会丢失这些照片上的最新改动。</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Save a copy elsewhere…</source>
        <translation>另存副本到别处…</translation>
    </message>
    <message>
        <source>Close anyway</source>
        <translation>仍然关闭</translation>
    </message>
    <message>
        <source>Not finished yet: {what}</source>
        <translation>还有未完成的：{what}</translation>
    </message>
    <message>
        <source>It would be gone; everything accepted is saved.</source>
        <translation>关闭后这些会丢失；已接受的都已保存。</translation>
    </message>
    <message>
        <source>A folder for the copy</source>
        <translation>选择存放副本的文件夹</translation>
    </message>
</context>
</TS>
